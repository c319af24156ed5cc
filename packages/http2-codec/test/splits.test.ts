import { describe, expect, it } from 'vitest';
import {
  block,
  concat,
  data,
  type Field,
  frame,
  get,
  headers,
  opening,
  post,
  Recorded,
  reset,
  settings,
  text,
  uint32,
  windowUpdate,
} from './wire.ts';

const long: Field[] = [...get, ['x', 'v'.repeat(300)]];

const conversations: Record<string, Uint8Array> = {
  'two requests': concat(opening, headers(1, get), headers(3, get)),
  'a body with padding and trailers': concat(
    opening,
    headers(1, post, false),
    data(1, 'hello'),
    frame('DATA', 1, 8, concat(Uint8Array.of(3), text('world'), new Uint8Array(3))),
    frame('DATA', 1, 8, concat(Uint8Array.of(2), new Uint8Array(2))),
    headers(1, [['x', 'y']]),
  ),
  'a block in three frames': concat(
    opening,
    frame('HEADERS', 1, 1, block(long).subarray(0, 40)),
    frame('CONTINUATION', 1, 0, block(long).subarray(40, 41)),
    frame('CONTINUATION', 1, 4, block(long).subarray(41)),
  ),
  'control frames': concat(
    opening,
    settings([4, 10], [1, 0]),
    frame('PING', 0, 0, text('12345678')),
    headers(1, get),
    windowUpdate(1, 5),
    windowUpdate(0, 5),
    frame('PRIORITY', 3, 0, concat(uint32(0), Uint8Array.of(1))),
    frame(16, 0, 0, concat(uint32(1), text('u=1, i'))),
    reset(1, 8),
    frame('GOAWAY', 0, 0, concat(uint32(0, 0), text('bye'))),
  ),
  'a body on a stream that was refused': concat(
    opening,
    headers(1, [...post, ['connection', 'x']], false),
    data(1, 'abc', true),
    headers(3, get),
  ),
  'no preface': text('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
  'a frame that is too large': concat(opening, Uint8Array.of(0, 0x40, 1, 0, 0, 0, 0, 0, 1), new Uint8Array(40)),
  'more padding than payload': concat(
    opening,
    headers(1, post, false),
    frame('DATA', 1, 8, concat(Uint8Array.of(4), text('abc'))),
  ),
  'a header block that is no HPACK': concat(
    opening,
    frame('HEADERS', 1, 4, Uint8Array.of(0x82, 0xff, 0xff)),
    headers(3, get),
  ),
};

interface Reading {
  readonly frames: string[];
  readonly events: string[];
}

/** Reads the chunks; each is overwritten afterwards, because it was only lent. */
function read(chunks: Iterable<Uint8Array>): Reading {
  const recorded = new Recorded();
  for (const chunk of chunks) {
    const lent = Buffer.from(chunk); // as sockets give them: its slice() is a view
    recorded.connection.receive(lent, 0);
    lent.fill(0xee);
  }
  return { frames: recorded.output(), events: recorded.events };
}

describe('Http2Connection, split anywhere', () => {
  it.each(Object.entries(conversations))('reads the same: %s', (_name, bytes) => {
    const whole = read([bytes]);
    expect(read(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
    for (let at = 1; at < bytes.length; at++) {
      expect(read([bytes.subarray(0, at), bytes.subarray(at)]), `split at ${at}`).toEqual(whole);
      const end = Math.min(at + 5, bytes.length);
      expect(
        read([bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)]),
        `split at ${at} and ${end}`,
      ).toEqual(whole);
    }
  });

  it('is in the middle of a frame while the peer owes the rest, but not in a body', () => {
    const recorded = new Recorded();
    const steps: boolean[] = [];
    const bytes = concat(opening, headers(1, post, false), data(1, 'ab'));
    for (const byte of bytes) {
      recorded.connection.receive(Uint8Array.of(byte), 0);
      steps.push(recorded.connection.isMidFrame);
    }
    const complete = steps.flatMap((isMidFrame, index) => (isMidFrame ? [] : [index + 1]));
    const start = bytes.length - 2;
    expect(complete).toEqual([
      opening.length,
      opening.length + headers(1, post, false).length,
      start,
      start + 1,
      start + 2,
    ]);
  });
});
