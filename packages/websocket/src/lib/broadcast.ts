import { Socket } from './socket.ts';
import type { WebSocketConnection } from './websocket-connection.ts';

/** Options of `broadcast`. */
export interface BroadcastOptions {
  /** A connection that is left out, usually that of the sender. */
  readonly except?: WebSocketConnection;
}

/**
 * Sends one message to many connections. Its frame is made once (and compressed once), not for each of them. A slow
 * connection holds up none of the others; see `maxBufferedBytes`.
 */
export function broadcast(
  sockets: Iterable<WebSocketConnection>,
  data: string | Uint8Array,
  { except }: BroadcastOptions = {},
): void {
  const frames = new Map<string, Buffer>();
  const length = typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength;
  for (const socket of sockets) {
    if (socket === except || socket.readyState !== 1) continue;
    const key = socket instanceof Socket ? socket.frameKey : null;
    if (key === null) {
      socket.send(data); // its frames are masked, or continue the compression of the last one
      continue;
    }
    let frame = frames.get(key);
    if (frame === undefined) {
      frame = (socket as Socket).encodeMessage(data, length);
      frames.set(key, frame);
    }
    (socket as Socket).sendFrame(frame);
  }
}
