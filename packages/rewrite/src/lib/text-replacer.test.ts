import { describe, expect, it } from 'vitest';
import type { TextChanger } from './mapped-body.ts';
import { type Replacement, TextReplacer } from './text-replacer.ts';

const run = (changer: TextChanger, pieces: readonly string[]): string =>
  pieces.map((piece) => changer.push(piece)).join('') + changer.end();

describe('TextReplacer', () => {
  it.each<[readonly Replacement[], string, string]>([
    [[{ find: 'abc', to: 'X' }], 'ababcabc', 'abXX'],
    [[{ find: 'aa', to: 'b' }], 'aaaaa', 'bba'],
    [[{ find: 'a', to: 'aa' }], 'aba', 'aabaa'],
    [
      [
        { find: 'ab', to: '1' },
        { find: 'abc', to: '2' },
      ],
      'abcabc',
      '1c1c',
    ],
    [
      [
        { find: 'abc', to: '2' },
        { find: 'ab', to: '1' },
      ],
      'abcabx',
      '21x',
    ],
    [[{ find: 'http://a.b/', to: '/' }], '<a href="http://a.b/x">', '<a href="/x">'],
    [[{ find: '$&', to: '$1' }], 'a$&b', 'a$1b'],
    [[{ find: 'x', to: '' }], 'xx', ''],
  ])('%j makes %j to %j, wherever the pieces are cut', (replacements, text, expected) => {
    for (let at = 0; at <= text.length; at++)
      expect(run(new TextReplacer(replacements), [text.slice(0, at), text.slice(at)])).toBe(expected);
    expect(run(new TextReplacer(replacements), [...text])).toBe(expected);
  });
});
