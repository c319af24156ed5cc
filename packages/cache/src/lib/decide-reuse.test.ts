import { parseCacheControl } from '@windhover/http-semantics';
import { describe, expect, it } from 'vitest';
import { ageOf, decideReuse, isUsableOnError, type Reuse } from './decide-reuse.ts';

const stored = {
  storedAtMs: 0,
  initialAgeSeconds: 5,
  lifetimeSeconds: 60,
  staleWhileRevalidateSeconds: 0,
  staleIfErrorSeconds: 0,
  noCache: false,
  mustRevalidate: false,
};

describe('decideReuse()', () => {
  it.each<[string, Partial<typeof stored>, string | null, number, Reuse]>([
    ['below its lifetime', {}, null, 54, 'fresh'],
    ['at the end of its lifetime', {}, null, 55, 'revalidate'],
    ['no-cache of the origin', { noCache: true }, null, 0, 'revalidate'],
    ['no-cache of the client', {}, 'no-cache', 0, 'revalidate'],
    ['an age that the client accepts', {}, 'max-age=15', 10, 'fresh'],
    ['an age that it does not accept', {}, 'max-age=14', 10, 'revalidate'],
    ['max-age=0', {}, 'max-age=0', 0, 'revalidate'],
    ['fresh for long enough', {}, 'min-fresh=45', 10, 'fresh'],
    ['not fresh for long enough', {}, 'min-fresh=46', 10, 'revalidate'],
    ['stale, within stale-while-revalidate', { staleWhileRevalidateSeconds: 10 }, null, 64, 'stale'],
    ['stale, after it', { staleWhileRevalidateSeconds: 10 }, null, 65, 'revalidate'],
    ['must-revalidate before that', { staleWhileRevalidateSeconds: 10, mustRevalidate: true }, null, 60, 'revalidate'],
    ['stale, with max-stale', {}, 'max-stale=10', 65, 'allowed'],
    ['staler than max-stale', {}, 'max-stale=10', 66, 'revalidate'],
    ['max-stale without a limit', {}, 'max-stale', 9999, 'allowed'],
    ['must-revalidate before max-stale', { mustRevalidate: true }, 'max-stale', 65, 'revalidate'],
  ])('%s', (_name, more, request, seconds, expected) => {
    const directives = request === null ? null : parseCacheControl(request);
    expect(decideReuse({ ...stored, ...more }, directives, seconds * 1000)).toBe(expected);
  });

  it('never lets a clock that steps back make anything younger', () => {
    expect(ageOf(stored, -10_000)).toBe(5);
  });
});

describe('isUsableOnError()', () => {
  it.each<[string, Partial<typeof stored>, string | null, number, boolean]>([
    ['within stale-if-error', { staleIfErrorSeconds: 10 }, null, 65, true],
    ['after it', { staleIfErrorSeconds: 10 }, null, 66, false],
    ['fresh, but asked again', {}, null, 10, true],
    ['stale-if-error of the client', {}, 'stale-if-error=10', 65, true],
    ['must-revalidate (RFC 9111 §5.2.2.2)', { staleIfErrorSeconds: 10, mustRevalidate: true }, null, 60, false],
    ['no-cache', { staleIfErrorSeconds: 10, noCache: true }, null, 10, false],
    ['no-cache of the client', { staleIfErrorSeconds: 10 }, 'no-cache', 10, false],
  ])('%s', (_name, more, request, seconds, expected) => {
    const directives = request === null ? null : parseCacheControl(request);
    expect(isUsableOnError({ ...stored, ...more }, directives, seconds * 1000)).toBe(expected);
  });
});
