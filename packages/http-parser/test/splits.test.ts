import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../scripts/lib/cpu-ms-of.ts';
import { RequestParser } from '../src/lib/request-parser.ts';
import { validRequests, validResponses } from './corpus.ts';
import { errorOf, readAll, responseParser, splitEverywhere, toBytes } from './read-all.ts';
import { refusedRequests } from './refused-requests.ts';

describe('RequestParser, split anywhere', () => {
  for (const [name, text] of Object.entries(validRequests)) {
    it(`reads the same: ${name}`, () => {
      const bytes = toBytes(text);
      const whole = readAll(new RequestParser(), [bytes]);
      expect(errorOf(whole)).toBeUndefined();
      expect(whole.at(-1)).toBe('idle');
      splitEverywhere(bytes, (chunks, how) => {
        expect(readAll(new RequestParser(), chunks), how).toEqual(whole);
      });
    });
  }

  for (const [text, code] of refusedRequests) {
    it(`refuses the same with ${code}: ${JSON.stringify(text.slice(0, 90))}`, () => {
      const bytes = toBytes(text);
      const whole = readAll(new RequestParser(), [bytes]);
      expect(errorOf(whole)).toBe(code);
      splitEverywhere(bytes, (chunks, how) => {
        expect(readAll(new RequestParser(), chunks), how).toEqual(whole);
      });
    });
  }

  it('copies a head that is followed by much body no further than it must', () => {
    const body = 'x'.repeat(20_000);
    const bytes = toBytes(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    const reading = readAll(new RequestParser(), [bytes.subarray(0, 7), bytes.subarray(7)]);
    expect(reading.slice(1)).toEqual([`body ${body}`, 'end null', 'idle']);
  });

  it('takes a time in proportion to the bytes when they arrive one by one', () => {
    const timeOf = (length: number): number => {
      const bytes = toBytes(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'v'.repeat(length)}`);
      const parser = new RequestParser({ limits: { maxHeadersBytes: 2_000_000 } });
      return cpuMsOf(() => {
        for (let i = 0; i < bytes.length; i++) parser.read(bytes, i, i + 1);
      });
    };
    const bestOf = (length: number): number => Math.min(timeOf(length), timeOf(length), timeOf(length));
    const short = bestOf(50_000);
    // Eight times the bytes: a rescan of the line with each byte would take 64 times as long.
    expect(bestOf(400_000)).toBeLessThan(32 * Math.max(short, 1));
  });
});

describe('ResponseParser, split anywhere', () => {
  for (const [name, { text, methods }] of Object.entries(validResponses)) {
    it(`reads the same: ${name}`, () => {
      const bytes = toBytes(text);
      const whole = readAll(responseParser(methods), [bytes]);
      expect(errorOf(whole)).toBeUndefined();
      splitEverywhere(bytes, (chunks, how) => {
        expect(readAll(responseParser(methods), chunks), how).toEqual(whole);
      });
    });
  }
});
