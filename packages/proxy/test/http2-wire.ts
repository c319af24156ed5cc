import net from 'node:net';

/** Frames of HTTP/2 as bytes, also such as no library would send. */

export type Field = readonly [name: string, value: string];

const HEADERS = 1;
const frameNames = ['DATA', 'HEADERS', 'PRIORITY', 'RST_STREAM', 'SETTINGS', 'PUSH_PROMISE', 'PING', 'GOAWAY'];

export function frame(type: number, flags: number, id: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, payload]);
}

/** A header block of literals that enter no table, in as many frames as it needs. */
export function headers(id: number, fields: readonly Field[], isEnd: boolean): Buffer {
  const block = Buffer.concat(fields.flatMap(([name, value]) => [Buffer.of(0), literal(name), literal(value)]));
  const frames: Buffer[] = [];
  for (let at = 0; at === 0 || at < block.length; at += 16_384) {
    const isLast = at + 16_384 >= block.length;
    const flags = (isLast ? 4 : 0) | (at === 0 && isEnd ? 1 : 0);
    frames.push(frame(at === 0 ? HEADERS : 9, flags, id, block.subarray(at, at + 16_384)));
  }
  return Buffer.concat(frames);
}

export function data(id: number, text: string, isEnd: boolean): Buffer {
  return frame(0, isEnd ? 1 : 0, id, Buffer.from(text, 'latin1'));
}

/** What a client sends first, and then its requests. */
export const clientPreface: Buffer = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0)]);
/** What a server sends first. */
export const serverPreface: Buffer = frame(4, 0, 0);

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const length = [127];
  let left = bytes.length - 127;
  for (; left >= 128; left >>>= 7) length.push((left & 127) | 128);
  return Buffer.concat([Buffer.of(...length, left), bytes]);
}

/** One frame that was received. */
export interface Frame {
  readonly type: string;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
}

/** Calls back with each whole frame of a stream of bytes. */
export function frameReader(told: (frame: Frame) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const end = 9 + rest.readUIntBE(0, 3);
      const type = frameNames[rest[3]!] ?? String(rest[3]);
      told({ type, flags: rest[4]!, id: rest.readUInt32BE(5), payload: rest.subarray(9, end) });
      rest = rest.subarray(end);
    }
  };
}

/**
 * Sends frames on one connection, and reads what comes of stream 1: `431` and the like for an answer (statuses of the static
 * table by number, others as `answer`), `reset`, or `goaway`. Waits until stream 3, which is sent behind it, is answered.
 */
export function exchange(port: number, frames: readonly Buffer[], next: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(Buffer.concat([clientPreface, ...frames, next])));
    let first = 'nothing';
    const read = frameReader(({ type, id, payload }) => {
      if (type === 'GOAWAY') first = 'goaway';
      if (id === 1 && type === 'RST_STREAM' && first === 'nothing') first = 'reset';
      if (id === 1 && type === 'HEADERS') first = statuses.get(payload[0]!) ?? 'answer';
      if (type === 'GOAWAY' || (id === 3 && (type === 'HEADERS' || type === 'RST_STREAM'))) socket.destroy();
    });
    socket.on('data', read).on('error', reject);
    socket.on('close', () => resolve(first));
  });
}

/** RFC 7541, Appendix A. */
const statuses = new Map(
  ['200', '204', '206', '304', '400', '404', '500'].map((status, index) => [0x80 | (8 + index), status]),
);
