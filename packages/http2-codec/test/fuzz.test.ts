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

const ROUNDS = 2000;

/** A small generator (mulberry32): the same numbers in every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Random = (below: number) => number;

const fields: Field[][] = [
  [...get],
  [...post],
  [...post, ['content-length', '3']],
  [...get, ['cookie', 'a'], ['cookie', 'b'], ['priority', 'u=1, i']],
  [['x', 'y']],
  [[':status', '200']],
];

/** Mostly frames that are valid somewhere, on few streams, so that they meet. */
function randomFrame(random: Random): Uint8Array {
  const id = random(8);
  switch (random(12)) {
    case 0:
    case 1:
      return headers(id, fields[random(fields.length)]!, random(2) === 0);
    case 2:
    case 3:
      return data(id, 'abc'.slice(random(4)), random(3) === 0);
    case 4:
      return frame('DATA', id, 8 | random(2), concat(Uint8Array.of(random(6)), text('abcdef').subarray(random(7))));
    case 5:
      return reset(id, random(14));
    case 6:
      return settings([random(10), [0, 1, 100, 16_384, 65_535, 0x7fffffff, 0xffffffff][random(7)]!]);
    case 7:
      return windowUpdate(id, [0, 1, 1000, 0x7fffffff][random(4)]!);
    case 8:
      return frame('HEADERS', id, random(64), concat(uint32(random(9)), Uint8Array.of(random(256)), block(get)));
    case 9:
      return frame('CONTINUATION', id, random(2) * 4, block(fields[random(fields.length)]!));
    case 10:
      return frame(
        random(20),
        id,
        random(256),
        concat(...Array.from({ length: random(4) }, () => uint32(random(0x100000000)))),
      );
    default:
      return frame(
        'HEADERS',
        id,
        4 | random(2),
        Uint8Array.from({ length: random(12) }, () => random(256)),
      );
  }
}

function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const result = bytes.slice();
  for (let count = random(3); count > 0; count--) result[random(result.length)] = random(256);
  return result;
}

/** The owner answers at once, later, or never: the same for the same stream. */
function read(role: 'server' | 'client', chunks: Uint8Array[]): unknown {
  const recorded: Recorded = new Recorded(
    { role },
    {
      head: (stream, isEnd) => {
        if (role === 'client' || stream.id % 3 === 0) return;
        stream.respond(200, ['x', 'y', 'X'], false);
        if (isEnd) stream.write('answer', stream.id % 3 === 1);
      },
      data: (stream, bytes) => stream.credit(bytes.length),
      end: (stream) => void stream.write('end', true),
    },
  );
  if (role === 'client')
    for (const method of ['GET', 'HEAD', 'POST'])
      recorded.connection.request(
        { method, scheme: 'http', authority: 'a', path: '/', protocol: null, fields: [] },
        method !== 'POST',
      );
  for (const chunk of chunks) recorded.connection.receive(chunk, 0);
  const { openStreams, isOver } = recorded.connection;
  expect(openStreams).toBe(
    [...recorded.streams.values()].filter((stream) => !stream.isClosed).length +
      (role === 'client' ? unanswered(recorded) : 0),
  );
  return { frames: recorded.output(), events: recorded.events, openStreams, isOver };
}

/** Streams of a client that no head was told of. */
function unanswered(recorded: Recorded): number {
  const told = new Set([...recorded.events.map((event) => Number(/^(?:head|reset) (\d+)/.exec(event)?.[1] ?? 0))]);
  return [1, 3, 5].filter((id) => !told.has(id)).length;
}

function split(bytes: Uint8Array, random: Random): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = Math.min(bytes.length, start + 1 + random(random(2) === 0 ? 4 : 60));
    chunks.push(bytes.subarray(start, end));
    start = end;
  }
  return chunks;
}

describe('random frames', () => {
  it.each(['server', 'client'] as const)(
    'have one reading in a %s, however they are split, and throw nothing',
    (role) => {
      const random = createRandom(role === 'server' ? 20_250_301 : 11);
      for (let round = 0; round < ROUNDS; round++) {
        const frames = Array.from({ length: 1 + random(8) }, () => randomFrame(random));
        const bytes = concat(role === 'server' ? opening : settings(), mutate(concat(...frames), random));
        const whole = read(role, [bytes]);
        expect(read(role, split(bytes, random)), Buffer.from(bytes).toString('hex')).toEqual(whole);
      }
    },
  );
});
