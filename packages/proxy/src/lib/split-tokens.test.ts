import { describe, expect, it } from 'vitest';
import { SplitTokens } from './split-tokens.ts';

const branches = [{ name: 'old' }, { name: 'new' }];

describe('SplitTokens', () => {
  it('knows the values that it has made, and no others', () => {
    const tokens = new SplitTokens(branches, 'secret');
    for (const { name } of branches) expect(tokens.nameOf(tokens.tokenOf(name))).toBe(name);
    expect(tokens.nameOf(null)).toBeNull();
  });

  const signed = new SplitTokens(branches, 'secret').tokenOf('new');
  const ofAnother = new SplitTokens(branches, 'another secret').tokenOf('new');
  it.each([
    ['the name without a signature', 'new'],
    ['an empty signature', 'new.'],
    ['the signature of another secret', ofAnother],
    ['the signature of another branch', signed.replace('new', 'old')],
    ['a signature with one letter changed', `${signed.slice(0, -1)}${signed.endsWith('A') ? 'B' : 'A'}`],
    ['a signature in capitals', signed.toUpperCase()],
    ['more behind the signature', `${signed}A`],
    ['less of the signature', signed.slice(0, -1)],
    ['a name that is no branch', signed.replace('new', 'gone')],
    ['the name of a property that every object has', '__proto__'],
    ['an empty value', ''],
    ['letters outside of ASCII, as many as there should be', 'é'.repeat(signed.length)],
    ['letters above latin1 that end in the same bytes', signed.replace('n', '\u016e')],
    ['a huge value', 'x'.repeat(1_000_000)],
  ])('takes %s for nobody', (_what, sent) => {
    expect(new SplitTokens(branches, 'secret').nameOf(sent)).toBeNull();
  });

  it.each(['a;b', 'a\r\nSet-Cookie: b=c', 'ä=1, "x"', '\ud83d'])('encodes %j, so that it stays one cookie', (name) => {
    const tokens = new SplitTokens([{ name }], undefined);
    expect(tokens.tokenOf(name)).toMatch(/^[\w%.()*!~'-]+$/);
    expect(tokens.nameOf(tokens.tokenOf(name))).toBe(name);
  });
});
