import { describe, expect, it } from 'vitest';
import { RequestParser } from '../index.ts';
import { ChunkText } from './chunk-text.ts';
import { encodeLatin1 } from './latin1.ts';
import { memoryOf } from './memory-of.ts';

/** Parses heads of the given lengths, one after the other, as `HeadReader` does. */
function readAll(text: ChunkText, chunk: Uint8Array, lengths: readonly number[], end = chunk.length): string[] {
  let offset = 0;
  return lengths.map((length) => {
    text.continueAt(chunk, offset, end);
    const start = offset;
    offset += length;
    text.readTo(offset);
    const memory = memoryOf(chunk);
    return text.slice(memory, memory.base + start, memory.base + offset);
  });
}

describe('the text of heads that arrive together', () => {
  it('is that of each', () => {
    expect(readAll(new ChunkText(), encodeLatin1('onetwothree\xe9'), [3, 3, 6])).toEqual(['one', 'two', 'three\xe9']);
  });

  it('continues after the bytes that are decoded at once', () => {
    const parts = [3000, 3000, 9000, 100].map((length, index) => String(index).repeat(length));
    const lengths = parts.map((part) => part.length);
    expect(readAll(new ChunkText(), encodeLatin1(parts.join('')), lengths)).toEqual(parts);
  });

  it('is never that of what lay in the same memory before', () => {
    const text = new ChunkText();
    const chunk = encodeLatin1('aaabbbccc');
    expect(readAll(text, chunk, [3, 3])).toEqual(['aaa', 'bbb']);
    chunk.set(encodeLatin1('dddeeefff'));
    expect(readAll(text, chunk, [3, 3, 3])).toEqual(['ddd', 'eee', 'fff']);
    chunk.set(encodeLatin1('ggghhhiii'));
    expect(readAll(text, chunk, [3, 3, 3])).toEqual(['ggg', 'hhh', 'iii']);
  });

  it('is read anew when more has arrived', () => {
    const text = new ChunkText();
    const chunk = encodeLatin1('aaabbbccc');
    expect(readAll(text, chunk, [3], 6)).toEqual(['aaa']);
    chunk.set(encodeLatin1('xxx'), 3);
    text.continueAt(chunk, 3, 9);
    text.readTo(6);
    const memory = memoryOf(chunk);
    expect(text.slice(memory, memory.base + 3, memory.base + 6)).toBe('xxx');
  });
});

describe('a parser that changes hands in the middle of a chunk', () => {
  it('reads what the next one has, wherever it lies', () => {
    const parser = new RequestParser();
    const lent = new Uint8Array(256);
    const lend = (...paths: string[]): Uint8Array => {
      const bytes = encodeLatin1(paths.map((path) => `GET /${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
      lent.set(bytes);
      return lent.subarray(0, bytes.length);
    };
    const next = (chunk: Uint8Array, offset: number): string => {
      expect(parser.read(chunk, offset)).toBe('head');
      parser.skipEnd();
      return parser.head.target;
    };
    const first = lend('one', 'two', 'six');
    expect(next(first, 0)).toBe('/one');
    expect(next(first, parser.offset)).toBe('/two'); // its owner keeps the rest
    lend('ten', 'red', 'sky');
    expect(next(first, 0)).toBe('/ten');
    expect(next(first, parser.offset)).toBe('/red');
    expect(next(first, parser.offset)).toBe('/sky');
    expect(parser.read(first, parser.offset)).toBe('need-more');
  });
});
