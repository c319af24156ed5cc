import { describe, expect, it } from 'vitest';
import { createHostMatcher } from './match-host.ts';

describe('createHostMatcher()', () => {
  const names = ['example.com', '*.example.com', '*.a.example.com', 'x.example.com', '[::1]', '127.0.0.1'];
  const match = createHostMatcher(names.map((name) => [name, name] as const));

  it.each([
    ['example.com', 'example.com'],
    ['www.example.com', '*.example.com'],
    ['a.b.c.example.com', '*.example.com'],
    ['a.example.com', '*.example.com'],
    ['b.a.example.com', '*.a.example.com'],
    ['x.example.com', 'x.example.com'],
    ['y.x.example.com', '*.example.com'],
    ['[::1]', '[::1]'],
    ['127.0.0.1', '127.0.0.1'],
  ])('finds for %s the name %s', (host, name) => {
    expect(match(host)).toBe(name);
  });

  it.each(['', 'com', 'example.org', 'notexample.com', 'example.com.evil.org', '.example.com', '__proto__'])(
    'finds nothing for %j',
    (host) => {
      expect(match(host)).toBeUndefined();
    },
  );
});
