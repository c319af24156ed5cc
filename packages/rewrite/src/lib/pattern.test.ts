import { describe, expect, it } from 'vitest';
import { isLinear } from './is-linear.ts';
import { compilePattern } from './pattern.ts';

describe('isLinear()', () => {
  it.each([
    '^/old$',
    '^/blog/([0-9]+)/(.*)$',
    '^/([^/]+)/([^/]+)$',
    '^/([a-z]{1,20})-([0-9]{4})$',
    '^/(a|b|c)/x(?:/y)?$',
    '^(.*)\\.php$',
    '\\.(?:jpg|png)$',
    'bot',
    '^',
  ])('proves %s', (source) => {
    expect(isLinear(source, false)).toBe(true);
  });

  it.each([
    '(a+)+b',
    '^(a+)+$',
    '^(a|aa)+$',
    '^(.*)x(.*)y$',
    '(.*)b',
    '.*x',
    '^(.*)(.*)$',
    '^([a-z]+)([a-z0-9]+)$',
    '^a*a*b$',
    '^a*b?a*$',
    '^(?=a)b',
    '^(a)\\1$',
    '^\\bword',
    `^/${'[a-z]?'.repeat(26)}$`,
    `${'a?'.repeat(18)}b`,
    '^[а-я]*[а-я]*!$',
    '^[а-я]*[^a]*!$',
    '^(?:(?:a|b|c|d|e)(?:a|b|c|d|e)(?:a|b|c|d|e)(?:a|b|c|d|e))$',
  ])('does not prove %s', (source) => {
    expect(isLinear(source, false)).toBe(false);
  });

  it('takes both cases of a letter for one', () => {
    expect(isLinear('^[a-m]+M$', false)).toBe(true);
    expect(isLinear('^[a-m]+M$', true)).toBe(true); // one inexact repetition with nothing behind it
    expect(isLinear('^[a-m]+M[0-9]+$', true)).toBe(false);
  });
});

describe('compilePattern()', () => {
  it.each([
    ['^/blog/([0-9]+)/(.*)$', '/blog/12/a/b', ['/blog/12/a/b', '12', 'a/b']],
    ['^/(?<year>[0-9]{4})/(?<rest>.*)-(.*)$', '/2020/a-b-c', ['/2020/a-b-c', '2020', 'a-b', 'c']],
    ['^/a(/x)?(b+b)?$', '/a', ['/a', undefined, undefined]],
    ['^/blog/', '/shop', null],
  ])('%s in %s is %j', (source, text, groups) => {
    expect(compilePattern(source).exec(text)?.slice() ?? null).toEqual(groups);
  });

  it('counts and names groups, in both engines', () => {
    for (const source of ['^/(?<a>[^/(]+)/([(]x)/(?:y)/(?<b>z)$', '(?<a>.*)x(.*)y(?<b>.*)']) {
      const { groups, names } = compilePattern(source);
      expect([groups, [...names]]).toEqual([
        3,
        [
          ['a', 1],
          ['b', 3],
        ],
      ]);
    }
  });

  it('ignores case if asked to, in both engines', () => {
    expect(compilePattern('^/ABC$', { ignoreCase: true }).exec('/abc')).not.toBeNull();
    expect(compilePattern('(a+)+B', { ignoreCase: true }).exec('AAb')).not.toBeNull();
    expect(compilePattern('(a+)+B').exec('AAb')).toBeNull();
  });

  // Each of these holds the platform's engine for minutes.
  it.each([
    `^${'a?'.repeat(40)}${'a'.repeat(40)}b$`,
    '^[а-я]*[а-я]*[а-я]*!$',
    '(a+)+$',
    '(a|aa)+$',
    '(a|a?)+$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '(.*)(.*)(.*)(.*)x',
  ])('answers at once for %s, which explodes elsewhere', (source) => {
    expect(compilePattern(source).exec(`${'a'.repeat(8000)}!`)).toSatisfy(
      (match) => match === null || match.length > 0,
    );
  });

  it.each([
    ['(?=a)b', 'looking ahead'],
    ['(?<!a)b', 'looking ahead or behind'],
    ['(a)\\1', 'back-reference'],
    ['(a', 'Unterminated group'],
    ['a'.repeat(5000), 'at most 4096'],
  ])('refuses %s', (source, why) => {
    expect(() => compilePattern(source)).toThrow(
      expect.objectContaining({ code: 'REWRITE_PATTERN_INVALID', message: expect.stringContaining(why) }),
    );
  });
});
