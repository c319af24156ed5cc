import { describe, expect, it } from 'vitest';
import { isWithin, parentOf, resolveFtpPath } from './ftp-path.ts';

describe('resolveFtpPath()', () => {
  it.each([
    ['/a/b', 'c', '/a/b/c'],
    ['/a/b', '/c', '/c'],
    ['/a/b', '..', '/a'],
    ['/a/b', '../../../../etc/passwd', '/etc/passwd'],
    ['/', '..', '/'],
    ['/a', './/b/./', '/a/b'],
    ['/a', '', '/a'],
    ['/a', 'b c', '/a/b c'],
    ['/a', '...', '/a/...'],
    ['/a', '..\\b', '/a/..\\b'],
    ['/a', 'b\0c', null],
    ['/a', 'b\rc', null],
    ['/a', 'x'.repeat(256), null],
    ['/a', 'x/'.repeat(3000), null],
  ])('in %s takes %j for %j', (folder, argument, path) => {
    expect(resolveFtpPath(folder, argument)).toBe(path);
  });
});

describe('isWithin()', () => {
  it('compares whole names', () => {
    expect([isWithin('/ab', '/a'), isWithin('/a/b', '/a'), isWithin('/a', '/a'), isWithin('/x', '/')]).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect([parentOf('/a'), parentOf('/a/b')]).toEqual(['/', '/a']);
  });
});
