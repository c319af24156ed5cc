import { describe, expect, it } from 'vitest';
import { perText } from './per-text.ts';

describe('perText()', () => {
  it('asks once for each text, but for long ones, and keeps no more than 500', () => {
    const asked: string[] = [];
    const upper = perText((text) => {
      asked.push(text);
      return text.toUpperCase();
    });
    expect([upper('a'), upper('a'), upper('b'), upper('')]).toEqual(['A', 'A', 'B', '']);
    expect(asked).toEqual(['a', 'b', '']);
    const long = 'x'.repeat(301);
    expect([upper(long), upper(long)]).toEqual([long.toUpperCase(), long.toUpperCase()]);
    expect(asked.slice(3)).toEqual([long, long]);
    for (let number = 0; number < 600; number++) upper(`t${number}`);
    upper('a');
    expect(asked.at(-1)).toBe('a');
  });
});
