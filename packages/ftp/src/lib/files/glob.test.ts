import { describe, expect, it } from 'vitest';
import { compileGlob, parseGlob } from './glob.ts';

describe('parseGlob()', () => {
  it('reads a pattern of the last name only', () => {
    expect(parseGlob('*.txt')).toEqual({ folder: '', pattern: '*.txt' });
    expect(parseGlob('/docs/a?')).toEqual({ folder: '/docs/', pattern: 'a?' });
    expect([parseGlob('docs'), parseGlob('d*/a.txt'), parseGlob('')]).toEqual([null, null, null]);
  });
});

describe('compileGlob()', () => {
  it.each([
    ['*', 'a.txt', true],
    ['*', '.hidden', false],
    ['.*', '.hidden', true],
    ['*.txt', 'a.txt', true],
    ['*.txt', 'a.txt.gz', false],
    ['a*b*c', 'axxbxxc', true],
    ['a*b*c', 'axxcxxb', false],
    ['a**', 'a', true],
    ['?', 'é', true],
    ['?', '😀', true],
    ['??', 'a', false],
    ['[ab].txt', 'b.txt', true],
    ['[a-c]', 'd', false],
    ['[!a-c]', 'd', true],
    ['[]a]', ']', true],
    ['[a-]', '-', true],
    ['[', '[', true],
    ['a[b', 'a[b', true],
    ['a.b', 'axb', false],
    ['(a+)+$', '(a+)+$', true],
  ])('%s and %s: %s', (pattern, name, fits) => {
    expect(compileGlob(pattern)(name)).toBe(fits);
  });

  it('ends for patterns that would make a regular expression go back for ever', () => {
    expect(compileGlob(`${'*a'.repeat(127)}b`)('a'.repeat(255))).toBe(false);
    expect(compileGlob('*'.repeat(1024))('a'.repeat(255))).toBe(true);
  });

  it('fits nothing to a pattern that is longer than any name needs', () => {
    expect([compileGlob('*'.repeat(1025))('a'), compileGlob('[a]'.repeat(255))('a'.repeat(255))]).toEqual([
      false,
      true,
    ]);
  });
});
