import { describe, expect, it } from 'vitest';
import { type ContentRange, formatContentRange, parseContentRange } from './content-range.ts';

describe('Content-Range', () => {
  it.each<[string, ContentRange]>([
    ['bytes 0-0/1', { start: 0, end: 0, length: 1 }],
    ['bytes 42-1233/1234', { start: 42, end: 1233, length: 1234 }],
    ['bytes 42-1233/*', { start: 42, end: 1233, length: null }],
    ['bytes */1234', { length: 1234 }],
    ['bytes */0', { length: 0 }],
  ])('parseContentRange() and formatContentRange() agree on %j (RFC 9110 §14.4)', (text, contentRange) => {
    expect(parseContentRange(text)).toEqual(contentRange);
    expect(formatContentRange(contentRange)).toBe(text);
  });
});

describe('parseContentRange()', () => {
  it.each([
    '',
    'bytes',
    'bytes 0-0',
    'bytes */*',
    'bytes 5-3/9',
    'bytes 0-9/9',
    'bytes 0-9/5',
    'bytes=0-1/2',
    'items 0-1/2',
    'bytes 0-1/99999999999999999999',
    'bytes 0-99999999999999999999/*',
    'bytes -1/2',
    'bytes 0-1/2 ',
    'bytes  0-1/2',
  ])('refuses %j', (value) => expect(parseContentRange(value)).toBeNull());
});

describe('formatContentRange()', () => {
  it.each<ContentRange>([
    { start: 5, end: 3, length: 9 },
    { start: 0, end: 9, length: 9 },
    { start: -1, end: 1, length: null },
    { length: 2 ** 53 },
    { start: 0.5, end: 1, length: 2 },
  ])('throws for %j', (contentRange) => {
    expect(() => formatContentRange(contentRange)).toThrow(
      expect.objectContaining({ code: 'SEMANTICS_INVALID_RANGE' }),
    );
  });
});
