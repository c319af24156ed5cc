import { describe, expect, it } from 'vitest';
import { fixedAnswer } from './fixed-answer.ts';

const fixed = (size: number) => ({ bytes: new Uint8Array(size).fill(0xe9), kept: undefined });

describe('fixedAnswer()', () => {
  it('joins head and body when the same head comes again', () => {
    const bytes = fixed(3);
    expect(fixedAnswer('one\r\n', bytes)).toBeNull();
    const text = fixedAnswer('one\r\n', bytes);
    expect(text).toBe('one\r\néé\u00e9');
    expect(fixedAnswer('one\r\n', bytes)).toBe(text);
  });

  it('starts again with another head', () => {
    const bytes = fixed(1);
    fixedAnswer('one', bytes);
    fixedAnswer('one', bytes);
    expect(fixedAnswer('two', bytes)).toBeNull();
    expect(fixedAnswer('two', bytes)).toBe('twoé');
  });

  it('leaves large bytes alone', () => {
    const bytes = fixed(16 * 1024);
    fixedAnswer('one', bytes);
    expect(fixedAnswer('one', bytes)).toBeNull();
  });
});
