import { describe, expect, it } from 'vitest';
import { fieldLine, usualTail } from './usual-lines.ts';

describe('fieldLine()', () => {
  it('gives the line of this value, however often it and others came before', () => {
    for (const value of ['a', 'a', 'a', 'b', 'b', 'a', 'ÿ', 'ÿ', 'ÿ', 'x'.repeat(500), 'x'.repeat(500), 'ÿ']) {
      expect(fieldLine('X-Value', value)).toBe(`X-Value: ${value}\r\n`);
    }
  });

  it('keeps to the spelling of the name', () => {
    for (const name of ['X-Spelling', 'x-spelling', 'X-SPELLING', 'X-Spelling']) {
      expect(fieldLine(name, '1')).toBe(`${name}: 1\r\n`);
    }
  });

  it('goes on when there are more names than are remembered', () => {
    for (let round = 0; round < 3; round++) {
      for (let name = 0; name < 200; name++)
        expect(fieldLine(`X-${name}`, String(round))).toBe(`X-${name}: ${round}\r\n`);
    }
  });
});

describe('usualTail()', () => {
  it('has the date, the length and the empty line', () => {
    for (const date of ['Date: one\r\n', 'Date: one\r\n', 'Date: two\r\n', 'Date: one\r\n']) {
      for (const length of [0, 13, 13, 1023]) {
        expect(usualTail(date, length)).toBe(`${date}Content-Length: ${length}\r\n\r\n`);
      }
    }
  });
});
