import { describe, expect, it } from 'vitest';
import { parseCacheControl } from './cache-control.ts';
import { currentAge, freshnessLifetime, type StoredResponseFacts } from './freshness.ts';
import { formatHttpDate } from './http-date.ts';

const nowMs = Date.UTC(2024, 0, 10, 12);
const date = formatHttpDate(nowMs);

function facts(cacheControl: string, more: Partial<StoredResponseFacts> = {}): StoredResponseFacts {
  return { cacheControl: parseCacheControl(cacheControl), requestTimeMs: nowMs, responseTimeMs: nowMs, ...more };
}

describe('freshnessLifetime()', () => {
  it.each<[string, StoredResponseFacts, number | null]>([
    ['s-maxage before max-age', facts('max-age=60, s-maxage=10'), 10],
    ['max-age before Expires', facts('max-age=60', { expires: date }), 60],
    ['Expires minus Date', facts('', { date, expires: formatHttpDate(nowMs + 90_000) }), 90],
    ['Expires minus the time of arrival without Date', facts('', { expires: formatHttpDate(nowMs + 30_000) }), 30],
    ['0 for Expires in the past', facts('', { date, expires: formatHttpDate(nowMs - 90_000) }), 0],
    ['0 for an unreadable Expires', facts('', { expires: '0' }), 0],
    ['null when nothing is said', facts('public'), null],
  ])('is %s (RFC 9111 §4.2.1)', (_name, response, expected) => expect(freshnessLifetime(response)).toBe(expected));

  it('ignores s-maxage in a private cache', () => {
    expect(freshnessLifetime(facts('max-age=60, s-maxage=10'), { shared: false })).toBe(60);
  });
});

describe('currentAge()', () => {
  it.each<[string, StoredResponseFacts, number, number]>([
    ['0 on arrival', facts('', { date }), 0, 0],
    ['the time in the cache', facts('', { date }), 5999, 5],
    ['the Age value and the time in the cache', facts('', { date, age: '10' }), 5000, 15],
    ['the apparent age where it is larger', facts('', { date: formatHttpDate(nowMs - 30_000), age: '10' }), 0, 30],
    ['the Age value and the delay of the response', facts('', { age: '10', requestTimeMs: nowMs - 4000 }), 0, 14],
    ['never negative for a Date ahead', facts('', { date: formatHttpDate(nowMs + 60_000) }), 0, 0],
    ['without an unreadable Age', facts('', { age: 'old' }), 1000, 1],
    ['never negative when the clock steps back', facts(''), -5000, 0],
  ])('is %s (RFC 9111 §4.2.3)', (_name, response, laterMs, expected) => {
    expect(currentAge(response, nowMs + laterMs)).toBe(expected);
  });
});
