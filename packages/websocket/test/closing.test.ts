import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WebSocketConnection } from '../src/index.ts';
import { type FrameInit, frame } from '../src/lib/frame-fixtures.ts';
import { serve } from './talk.ts';

const echo = (socket: WebSocketConnection): void => {
  socket.onmessage = ({ data }) => void socket.send(data as string);
};

const request =
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** Sends frames on a connection of its own and returns the frames that come until the server ends it, as `opcode:payload`. */
async function exchange(port: number, frames: readonly FrameInit[]): Promise<string[]> {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.write(Buffer.concat([Buffer.from(request), ...frames.map(frame)]));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  socket.end();
  const all = Buffer.concat(chunks);
  const read: string[] = [];
  for (let at = all.indexOf('\r\n\r\n') + 4; at < all.length; ) {
    const short = all[at + 1]!;
    const [start, length] = short < 126 ? [2, short] : [4, all.readUInt16BE(at + 2)];
    const payload = all.subarray(at + start, at + start + length);
    const opcode = all[at]! & 15;
    read.push(opcode === 8 ? `close ${length === 0 ? 'empty' : payload.readUInt16BE(0)}` : `${opcode}:${payload}`);
    at += start + length;
  }
  return read;
}

const close = (code: number | null, reason: string | Buffer = ''): FrameInit => ({
  opcode: 8,
  payload: code === null ? '' : Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason as string)]),
});

describe('a connection on the wire', () => {
  it.each<[string, FrameInit[], string[]]>([
    ['an empty close frame', [close(null)], ['close empty']],
    ['a close frame of one byte', [{ opcode: 8, payload: 'a' }], ['close 1002']],
    ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map(
      (code): [string, FrameInit[], string[]] => [`the code ${code}`, [close(code)], [`close ${code}`]],
    ),
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map(
      (code): [string, FrameInit[], string[]] => [
        `the code ${code}, which may not be sent`,
        [close(code)],
        ['close 1002'],
      ],
    ),
    ['a reason of 123 bytes', [close(1000, 'r'.repeat(123))], ['close 1000']],
    ['a reason that is not UTF-8', [close(1000, Buffer.from([0xce, 0xba, 0xff]))], ['close 1007']],
    ['a message before the close', [{ payload: 'a' }, close(1000)], ['1:a', 'close 1000']],
    ['messages and pings after the close', [close(1000), { payload: 'a' }, { opcode: 9 }], ['close 1000']],
    ['a second close', [close(1000), close(1001)], ['close 1000']],
    ['a ping, answered with its payload', [{ opcode: 9, payload: 'p' }, close(1000)], ['10:p', 'close 1000']],
    ['a pong that nothing asked for', [{ opcode: 10, payload: 'p' }, close(1000)], ['close 1000']],
    [
      'a ping between fragments',
      [{ payload: 'a', isFinal: false }, { opcode: 9 }, { opcode: 0, payload: 'b' }, close(1000)],
      ['10:', '1:ab', 'close 1000'],
    ],
    ['a close between fragments', [{ payload: 'a', isFinal: false }, close(1000)], ['close 1000']],
    ['a message, then a mistake', [{ payload: 'a' }, { opcode: 3 }, { payload: 'b' }], ['1:a', 'close 1002']],
    ['a text that is not UTF-8', [{ payload: Buffer.from([0xff]) }], ['close 1007']],
    ['a frame without a mask', [{ payload: 'a', isMasked: false }], ['close 1002']],
  ])('answers %s', async (_name, frames, expected) => {
    const { port } = await serve('our server', echo);
    expect(await exchange(port, frames)).toEqual(expected);
  });
});
