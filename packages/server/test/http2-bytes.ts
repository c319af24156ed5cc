import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';

/** HTTP/2 as bytes, for clients that no library would be. */
export const preface: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

const names = [
  'DATA',
  'HEADERS',
  'PRIORITY',
  'RST_STREAM',
  'SETTINGS',
  'PUSH_PROMISE',
  'PING',
  'GOAWAY',
  'WINDOW_UPDATE',
];

export function frame(
  type: (typeof names)[number],
  flags: number,
  id: number,
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(names.indexOf(type), 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, payload]);
}

/** What a client sends first. */
export const greeting: Buffer = Buffer.concat([preface, frame('SETTINGS', 0, 0)]);

/** The head of a request for `/`. Flags: 1 ends the stream, 4 the head. */
export function head(id: number, method: 'GET' | 'POST', flags: number): Buffer {
  const authority = Buffer.concat([Buffer.of(0x01, 1), Buffer.from('a')]);
  return frame('HEADERS', flags, id, Buffer.concat([Buffer.of(method === 'GET' ? 0x82 : 0x83, 0x86, 0x84), authority]));
}

/** What a server has sent on a connection. */
export interface Heard {
  /** The frames, as `HEADERS 1 88…` and the like: type, stream, and the first bytes of the payload in hexadecimal. */
  frames(): string[];
  /** All of it as text. */
  text(): string;
  isClosed: boolean;
}

export function hear(socket: Duplex): Heard {
  const parts: Buffer[] = [];
  const heard: Heard = {
    isClosed: false,
    text: () => Buffer.concat(parts).toString('latin1'),
    frames() {
      const bytes = Buffer.concat(parts);
      const list: string[] = [];
      for (let at = 0; at + 9 <= bytes.length; ) {
        const length = bytes.readUIntBE(at, 3);
        const payload = bytes.subarray(at + 9, at + 9 + Math.min(length, 8)).toString('hex');
        list.push(`${names[bytes[at + 3]!]} ${bytes.readUInt32BE(at + 5)} ${payload}`);
        at += 9 + length;
      }
      return list;
    },
  };
  socket.on('data', (bytes: Buffer) => void parts.push(bytes)).on('error', () => undefined);
  socket.on('close', () => (heard.isClosed = true));
  onTestFinished(() => void socket.destroy());
  return heard;
}
