import { describe, expect, it } from 'vitest';
import { localTarget } from './local-target.ts';

describe('localTarget()', () => {
  it.each([
    ['/', '/'],
    ['/a/b?c=d&e=%2F', '/a/b?c=d&e=%2F'],
    ['/a?to=https://evil.example/', '/a?to=https://evil.example/'],
    ['/a/../b', '/b'],
    ['/a#part', '/a'],
  ])('keeps the local %s', (target, expected) => {
    expect(localTarget(target)).toBe(expected);
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/..//evil.example',
    '/.//evil.example',
    '/%2e%2e//evil.example',
    'evil.example',
    '@evil.example',
    'javascript:alert(1)',
    ' /a',
    '/a b',
    '/ä',
    '',
    '*',
    `/${'a'.repeat(600)}`,
    null,
    undefined,
  ])('goes to / instead of %j', (target) => {
    expect(localTarget(target)).toBe('/');
  });
});
