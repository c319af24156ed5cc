import { describe, expect, it } from 'vitest';
import { isToken } from './token.ts';

describe('isToken()', () => {
  it.each(['GET', 'x-a', "!#$%&'*+-.^_`|~09azAZ"])('accepts %j', (text) => expect(isToken(text)).toBe(true));

  it.each(['', ' a', 'a ', 'a b', 'a\n', 'a:', 'a/b', '"a"', 'é', 'a\0'])('refuses %j', (text) => {
    expect(isToken(text)).toBe(false);
  });
});
