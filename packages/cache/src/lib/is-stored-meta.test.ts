import { describe, expect, it } from 'vitest';
import { isStoredMeta } from './is-stored-meta.ts';
import { metaOf } from './plain-meta.ts';

const whole = { ...metaOf('k'), length: 7 };

describe('isStoredMeta()', () => {
  it('takes what a cache has stored', () => {
    expect(isStoredMeta(whole)).toBe(true);
    expect(isStoredMeta(JSON.parse(JSON.stringify({ ...whole, vary: ['accept-language'], tags: ['a'] })))).toBe(true);
  });

  it.each([
    ['a value with a line break', { fields: ['x-a', 'a\r\nSet-Cookie: b', 'X-A'] }],
    ['a name with a space', { fields: ['x a', 'b', 'X A'] }],
    ['a name and a spelling that differ', { fields: ['x-a', 'b', 'X-B'] }],
    ['a field too few', { fields: ['x-a', 'b'] }],
    ['a coding of the message', { fields: ['transfer-encoding', 'chunked', 'Transfer-Encoding'] }],
    ['a length of the message', { fields: ['content-length', '3', 'Content-Length'] }],
    ['a field of the connection', { fields: ['connection', 'close', 'Connection'] }],
    ['an interim status', { status: 101 }],
    ['a status that is no whole number', { status: 200.5 }],
    ['a status of five digits', { status: 99999 }],
    ['a negative length', { length: -1 }],
    ['a length that is no whole number', { length: 0.5 }],
    ['no length', { length: null }],
    ['a length above the limit', { length: 101 }],
    ['a negative age', { initialAgeSeconds: -1e300 }],
    ['an age that is no number of seconds', { initialAgeSeconds: 1e300 }],
    ['a negative lifetime', { lifetimeSeconds: -1 }],
    ['an endless lifetime', { lifetimeSeconds: Number.POSITIVE_INFINITY }],
    ['a text for a time', { storedAtMs: '1' }],
    ['codings without a bit', { codings: -1 }],
    ['variants that nobody can ask for', { vary: ['*'] }],
    ['a variant with a line break', { vary: ['a\n'] }],
    ['tags of another kind', { tags: [1] }],
  ])('refuses %s', (_what, change) => {
    expect(isStoredMeta({ ...whole, ...change }, 100)).toBe(false);
  });

  it.each([null, 1, 'text', [], {}])('refuses %j', (value) => {
    expect(isStoredMeta(value)).toBe(false);
  });
});
