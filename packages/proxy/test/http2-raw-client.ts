import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { clientPreface, type Field, type Frame, frame, frameReader, headers } from './http2-wire.ts';

export const RST_STREAM = 3;
export const WINDOW_UPDATE = 8;

/** A client that writes frames by hand. */
export interface RawClient {
  readonly socket: Socket;
  readonly frames: Frame[];
  isClosed: boolean;
  send(...frames: readonly Buffer[]): void;
  /** Waits until enough frames of a type have come on a stream, and returns them. */
  seen(type: string, id: number, count?: number): Promise<Frame[]>;
  /** The bytes of DATA that came on a stream. */
  text(id: number): string;
}

export async function connectRaw(port: number, greeting: Buffer = clientPreface): Promise<RawClient> {
  const socket = net.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  onTestFinished(() => void socket.destroy());
  const frames: Frame[] = [];
  const of = (type: string, id: number): Frame[] => frames.filter((each) => each.type === type && each.id === id);
  const read = frameReader((each) => void frames.push({ ...each, payload: Buffer.from(each.payload) }));
  const client: RawClient = {
    socket,
    frames,
    isClosed: false,
    send: (...sent) => void socket.write(Buffer.concat(sent)),
    async seen(type, id, count = 1) {
      await expect.poll(() => of(type, id).length, { interval: 5 }).toBeGreaterThanOrEqual(count);
      return of(type, id);
    },
    text: (id) => Buffer.concat(of('DATA', id).map(({ payload }) => payload)).toString('latin1'),
  };
  socket
    .on('error', () => undefined)
    .on('data', read)
    .on('close', () => (client.isClosed = true));
  client.send(greeting);
  return client;
}

const common: readonly Field[] = [
  [':scheme', 'http'],
  [':authority', 'a'],
  [':path', '/chat'],
];

/** An extended CONNECT (RFC 8441). */
export function connectTo(id: number, protocol = 'websocket', more: readonly Field[] = []): Buffer {
  const pseudo: readonly Field[] = [[':method', 'CONNECT'], [':protocol', protocol], ...common];
  return headers(id, [...pseudo, ['sec-websocket-version', '13'], ...more], false);
}

export function get(id: number): Buffer {
  return headers(id, [[':method', 'GET'], ...common], true);
}

export function reset(id: number, code: number): Buffer {
  return frame(RST_STREAM, 0, id, uint32(code));
}

export function windowUpdate(id: number, bytes: number): Buffer {
  return frame(WINDOW_UPDATE, 0, id, uint32(bytes));
}

/** The code of RST_STREAM. */
export function codeOf({ payload }: Frame): number {
  return payload.readUInt32BE(0);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
