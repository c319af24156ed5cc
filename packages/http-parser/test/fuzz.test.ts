import { describe, expect, it } from 'vitest';
import { RequestParser } from '../src/lib/request-parser.ts';
import { validRequests, validResponses } from './corpus.ts';
import { type Reading, readAll, responseParser, toBytes } from './read-all.ts';

const ROUNDS = 6_000;

// Bytes and words that mean something to a parser are tried more often than others.
const splices = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '\0',
  '\x80',
  '0',
  'f',
  '"',
  'Content-Length: 3\r\n',
  'Transfer-Encoding: chunked\r\n',
  'chunked',
  'Connection: close\r\n',
  'HTTP/1.1',
].map(toBytes);

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

function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const list = [...bytes];
  for (let i = random(4); i >= 0; i--) {
    const at = random(list.length + 1);
    switch (random(4)) {
      case 0:
        list[Math.min(at, list.length - 1)] = random(256);
        break;
      case 1:
        list.splice(at, 1 + random(4));
        break;
      case 2:
        list.splice(at, random(3), ...splices[random(splices.length)]!);
        break;
      default:
        list.splice(at, 0, ...list.slice(random(list.length), random(list.length)));
    }
    if (list.length === 0) return bytes;
  }
  return Uint8Array.from(list);
}

function splitRandomly(bytes: Uint8Array, random: (below: number) => number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = Math.min(bytes.length, start + 1 + random(random(2) === 0 ? 4 : 60));
    chunks.push(bytes.subarray(start, end));
    start = end;
  }
  return chunks;
}

// `readAll` rethrows everything but an Http1Error, so a result at all means that nothing else was thrown.
function expectOneReading(
  bytes: Uint8Array,
  random: (below: number) => number,
  read: (chunks: Uint8Array[]) => Reading,
) {
  const whole = read([bytes]);
  expect(read(splitRandomly(bytes, random)), JSON.stringify(Buffer.from(bytes).toString('latin1'))).toEqual(whole);
}

describe('mutated messages', () => {
  it('have one reading as requests, however they are split', () => {
    const random = createRandom(20_240_311);
    const corpus = Object.values(validRequests).map(toBytes);
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = mutate(corpus[random(corpus.length)]!, random);
      expectOneReading(bytes, random, (chunks) => readAll(new RequestParser(), chunks));
    }
  });

  it('have one reading as responses, however they are split', () => {
    const random = createRandom(7);
    const corpus = Object.values(validResponses);
    for (let round = 0; round < ROUNDS; round++) {
      const { text, methods } = corpus[random(corpus.length)]!;
      const bytes = mutate(toBytes(text), random);
      expectOneReading(bytes, random, (chunks) => readAll(responseParser(methods), chunks));
    }
  });

  it('have one reading under small limits too', () => {
    const random = createRandom(99);
    const corpus = Object.values(validRequests).map(toBytes);
    for (let round = 0; round < ROUNDS; round++) {
      const limits = {
        maxRequestLineBytes: 10 + random(20),
        maxHeadersBytes: 30 + random(100),
        maxHeaderCount: random(4),
        maxChunkExtensionBytes: random(20),
        maxTrailersBytes: 1 + random(60),
        maxTrailerCount: random(3),
      };
      const bytes = mutate(corpus[random(corpus.length)]!, random);
      expectOneReading(bytes, random, (chunks) => readAll(new RequestParser({ limits }), chunks));
    }
  });
});
