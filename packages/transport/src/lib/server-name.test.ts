import { describe, expect, it } from 'vitest';
import { canonicalServerName, matchingKeys } from './server-name.ts';

describe('canonicalServerName()', () => {
  it.each([
    ['example.org', 'example.org'],
    ['Example.ORG.', 'example.org'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['_acme.localhost', '_acme.localhost'],
    ['localhost', 'localhost'],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
  ])('reads %j as %j', (name, expected) => expect(canonicalServerName(name)).toBe(expected));

  it.each([
    '',
    '.',
    '..',
    'a..b',
    '.example.org',
    'example.org..',
    '127.0.0.1',
    '::1',
    '[::1]',
    'a b',
    'a\0b',
    'example.org\0.evil.example',
    'a/b',
    '*.example.org',
    '-a.example',
    'a-.example',
    'bücher.example',
    'example。org',
    'KELVIN\u212a.example',
    `${'a'.repeat(64)}.example`,
    'a.'.repeat(128),
  ])('knows that %j is no DNS name', (name) => expect(canonicalServerName(name)).toBe(null));
});

describe('matchingKeys()', () => {
  it('looks for the name itself first, then for a wildcard of one label', () => {
    expect(matchingKeys('a.b.example.org')).toEqual(['a.b.example.org', '*.b.example.org']);
    expect(matchingKeys('localhost')).toEqual(['localhost']);
  });
});
