import type { WebSocketError } from './errors.ts';

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

/**
 * An open WebSocket connection (RFC 6455). Its events and properties fit the `WebSocket` of browsers. It can also be read
 * with `for await`, which reads no faster than the loop runs and ends with the connection; leaving the loop closes it.
 * Messages that come before the first listener wait for it.
 */
export interface WebSocketConnection extends AsyncIterable<WebSocketData> {
  /** 1 while open, 2 while closing, 3 when closed. */
  readonly readyState: 1 | 2 | 3;
  /** The agreed subprotocol; `''` without one. */
  readonly protocol: string;
  /** The agreed extensions, as the server has answered them; `''` without any. */
  readonly extensions: string;
  /** Sent bytes that the peer has not taken yet. */
  readonly bufferedAmount: number;
  /** The form of binary messages. Default: `uint8array`, which on Node is a `Buffer`. */
  binaryType: 'uint8array' | 'arraybuffer';
  onmessage: ((event: WebSocketEvents['message']) => void) | null;
  onclose: ((event: WebSocketEvents['close']) => void) | null;
  onerror: ((event: WebSocketEvents['error']) => void) | null;
  addEventListener<Name extends keyof WebSocketEvents>(
    name: Name,
    listener: (event: WebSocketEvents[Name]) => void,
  ): void;
  removeEventListener<Name extends keyof WebSocketEvents>(
    name: Name,
    listener: (event: WebSocketEvents[Name]) => void,
  ): void;
  /**
   * Sends a message: a string as text, bytes as binary; bytes must not change until it has left. Returns false if the
   * peer does not take it at once: wait for `drained()` or a `drain` event before you send much more. Once the connection
   * is closing, messages are discarded.
   */
  send(data: string | ArrayBuffer | ArrayBufferView): boolean;
  /** Resolves when everything that was sent has left, or the connection is closed. */
  drained(): Promise<void>;
  /** Sends a ping with up to 125 bytes. The answer is a `pong` event. */
  ping(data?: string | Uint8Array): void;
  /**
   * Begins the closing handshake. Throws `WEBSOCKET_OPTION_INVALID` for a code that may not be sent (RFC 6455 §7.4), or a
   * reason above 123 bytes.
   *
   * @param code default: none; the peer then sees 1005
   */
  close(code?: number, reason?: string): void;
  /** Closes the connection at once, without a closing handshake. */
  terminate(): void;
  /** Resolves with how the connection ended, when it has. Never rejects. */
  closed(): Promise<WebSocketCloseEvent>;
}
