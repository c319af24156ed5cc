import type { WebSocketError } from './errors.ts';
import type { WebSocketConnection } from './websocket-connection.ts';

/** The data of a message: a text, or bytes in the form that `binaryType` says. */
export type WebSocketData = string | Uint8Array | ArrayBuffer;

/** A message has come. */
export interface WebSocketMessageEvent {
  readonly type: 'message';
  readonly data: WebSocketData;
  readonly target: WebSocketConnection;
}

/** The connection has failed; a `close` event follows. */
export interface WebSocketErrorEvent {
  readonly type: 'error';
  readonly error: WebSocketError;
  readonly message: string;
  readonly target: WebSocketConnection;
}

/** The connection has ended. */
export interface WebSocketCloseEvent {
  readonly type: 'close';
  /** The code of the peer's close frame; 1005 if it had none, 1006 if there was no close frame, or the code of a failure. */
  readonly code: number;
  readonly reason: string;
  /** Whether both sides have sent a close frame. */
  readonly wasClean: boolean;
  readonly target: WebSocketConnection;
}

/** A ping or pong has come. A ping is answered before. */
export interface WebSocketControlEvent {
  readonly type: 'ping' | 'pong';
  readonly data: Uint8Array;
  readonly target: WebSocketConnection;
}

/** What was sent has left, after a `send` that returned false. */
export interface WebSocketDrainEvent {
  readonly type: 'drain';
  readonly target: WebSocketConnection;
}

/** The events of a connection, by name. */
export interface WebSocketEvents {
  message: WebSocketMessageEvent;
  close: WebSocketCloseEvent;
  error: WebSocketErrorEvent;
  ping: WebSocketControlEvent;
  pong: WebSocketControlEvent;
  drain: WebSocketDrainEvent;
}

/** The functions that are called for the events of one connection, in the order in which they were added. */
export class SocketListeners {
  private readonly lists: { [Name in keyof WebSocketEvents]?: Listener<Name>[] } = {};

  has(name: keyof WebSocketEvents): boolean {
    return (this.lists[name]?.length ?? 0) > 0;
  }

  add<Name extends keyof WebSocketEvents>(name: Name, listener: Listener<Name>): void {
    const list = this.lists[name] as Listener<Name>[] | undefined;
    if (list === undefined) (this.lists as Record<string, unknown>)[name] = [listener];
    else if (!list.includes(listener)) list.push(listener);
  }

  remove<Name extends keyof WebSocketEvents>(name: Name, listener: Listener<Name>): void {
    const list = this.lists[name] as Listener<Name>[] | undefined;
    if (list?.includes(listener))
      (this.lists as Record<string, unknown>)[name] = list.filter((one) => one !== listener);
  }

  /** Calls every listener. An error of one goes to `failed` and does not keep the others from being called. */
  tell<Name extends keyof WebSocketEvents>(
    name: Name,
    event: WebSocketEvents[Name],
    failed: (error: unknown) => void,
  ): void {
    const list = this.lists[name] as Listener<Name>[] | undefined;
    if (list === undefined) return;
    for (const listener of list) {
      try {
        const returned: unknown = listener(event);
        if (typeof (returned as Promise<unknown> | undefined)?.then === 'function')
          (returned as Promise<unknown>).then(undefined, failed);
      } catch (error) {
        failed(error);
      }
    }
  }
}

type Listener<Name extends keyof WebSocketEvents> = (event: WebSocketEvents[Name]) => void;
