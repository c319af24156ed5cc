import { Http1Error } from '../src/lib/errors.ts';
import type { Http1Limits } from '../src/lib/limits.ts';
import { RequestParser } from '../src/lib/request-parser.ts';
import { ResponseParser } from '../src/lib/response-parser.ts';

/** What a byte sequence was read as: one entry per event, the pieces of a body joined. */
export type Reading = string[];

const POISON = 0x5a;

/** Feeds chunks, overwriting each after it was read, and records the events. */
export function readAll(parser: RequestParser | ResponseParser, chunks: readonly Uint8Array[]): Reading {
  const reading: Reading = [];
  let body = '';
  try {
    for (const chunk of chunks) {
      const lent = Uint8Array.from(chunk);
      let offset = 0;
      for (;;) {
        const event = parser.read(lent, offset);
        if (parser.offset < offset || parser.offset > lent.length) throw new Error('offset out of bounds');
        offset = parser.offset;
        if (event === 'need-more') break;
        if (event === 'body') {
          if (parser.bodyEnd <= parser.bodyStart) throw new Error('empty body event');
          body += toText(lent.subarray(parser.bodyStart, parser.bodyEnd));
          continue;
        }
        if (event === 'end') reading.push(`body ${body}`, `end ${JSON.stringify(parser.trailers)}`);
        else reading.push(`head ${JSON.stringify(parser.head)}`);
        body = '';
      }
      if (offset !== lent.length) throw new Error('bytes left over');
      lent.fill(POISON);
    }
  } catch (error) {
    if (!Http1Error.is(error)) throw error;
    if (body !== '') reading.push(`body ${body}`);
    reading.push(`error ${error.code}`);
    return reading;
  }
  if (body !== '') reading.push(`body ${body}`);
  reading.push(parser.isIdle ? 'idle' : 'waiting');
  return reading;
}

export function readRequests(text: string, limits: Partial<Http1Limits> = {}): Reading {
  return readAll(new RequestParser({ limits }), [toBytes(text)]);
}

/** Parses responses to requests with the given methods. */
export function readResponses(text: string, methods: readonly string[] = ['GET']): Reading {
  return readAll(responseParser(methods), [toBytes(text)]);
}

export function responseParser(methods: readonly string[], limits: Partial<Http1Limits> = {}): ResponseParser {
  const parser = new ResponseParser({ limits });
  for (const method of methods) parser.expect(method);
  return parser;
}

/** The code of the first error in a text, or undefined. */
export function errorOf(reading: Reading): string | undefined {
  const last = reading.at(-1)!;
  return last.startsWith('error ') ? last.slice('error '.length) : undefined;
}

/** Runs with the bytes whole, split at every offset, and byte by byte. */
export function splitEverywhere<T>(bytes: Uint8Array, run: (chunks: Uint8Array[], how: string) => T): void {
  run([bytes], 'whole');
  for (let i = 1; i < bytes.length; i++) run([bytes.subarray(0, i), bytes.subarray(i)], `split at ${i}`);
  run(
    Array.from(bytes, (byte) => Uint8Array.of(byte)),
    'byte by byte',
  );
}

export function toBytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

export function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
