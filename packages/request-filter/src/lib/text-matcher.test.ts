import { describe, expect, it } from 'vitest';
import { TextMatcher } from './text-matcher.ts';

/** Every word that is found, with the place behind it. */
function all(words: readonly string[], text: string): string[] {
  const found: string[] = [];
  new TextMatcher(words).each(text, (word, end) => {
    found.push(`${words[word]}@${end}`);
    return false;
  });
  return found;
}

describe('TextMatcher', () => {
  it('finds words inside of words', () => {
    expect(all(['he', 'she', 'his', 'hers'], 'ushers')).toEqual(['she@4', 'he@4', 'hers@6']);
  });

  it('folds the case of ASCII letters only', () => {
    expect(all(['Bin', '[', 'é'], 'bIN{[é\u212a')).toEqual(['Bin@3', '[@5', 'é@6']);
  });

  it('finds the same as a search for each word', () => {
    const words = ['a', 'ab', 'bab', 'bc', 'bca', 'c', 'caa', '', 'aab'].filter((word) => word !== '');
    let state = 7;
    const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 0x1_0000_0000;
    for (let round = 0; round < 300; round++) {
      const text = Array.from({ length: 20 }, () => 'abcd'[Math.floor(random() * 4)]).join('');
      const expected = words.flatMap((word) =>
        Array.from({ length: text.length }, (_, at) =>
          text.startsWith(word, at) ? [`${word}@${at + word.length}`] : [],
        ).flat(),
      );
      expect(all(words, text).sort()).toEqual(expected.sort());
    }
  });

  it('stops when it is told so', () => {
    let calls = 0;
    expect(new TextMatcher(['a']).each('aaa', () => ++calls === 2)).toBe(true);
    expect(calls).toBe(2);
    expect(new TextMatcher(['x']).first('aaa')).toBe(-1);
  });
});
