import type { WebSocketEvents } from './websocket-connection.ts';

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
