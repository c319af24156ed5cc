import { describe, expect, it } from 'vitest';
import { isOriginOfHost } from './is-origin-of-host.ts';

describe('isOriginOfHost()', () => {
  it.each<[string, string, number | null, boolean]>([
    ['https://a.example', 'a.example', null, true],
    ['https://a.example', 'a.example', 443, true],
    ['http://a.example', 'a.example', 443, true],
    ['https://A.example:443', 'a.example', null, true],
    ['http://a.example:8080', 'a.example', 8080, true],
    ['http://[::1]:8080', '[::1]', 8080, true],
    ['https://a.example:80', 'a.example', null, false],
    ['http://a.example:8080', 'a.example', null, false],
    ['https://b.example', 'a.example', null, false],
    ['https://a.example.evil.example', 'a.example', null, false],
    ['null', 'a.example', null, false],
    ['https://a.example/', 'a.example', null, false],
    ['https://x@a.example', 'a.example', null, false],
    ['ftp://a.example', 'a.example', null, false],
  ])('%s and %s, port %s: %j', (origin, host, port, expected) => {
    expect(isOriginOfHost(origin, host, port)).toBe(expected);
  });
});
