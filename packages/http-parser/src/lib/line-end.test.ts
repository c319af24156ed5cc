import { describe, expect, it } from 'vitest';
import { isLineByte } from './byte-class.ts';
import { findLineEnd } from './line-end.ts';
import { memoryOf } from './memory-of.ts';

describe('findLineEnd()', () => {
  it('finds each byte that may not stand in a line, at every place of a word', () => {
    for (let byte = 0; byte < 256; byte++) {
      for (let place = 0; place < 9; place++) {
        const bytes = new Uint8Array(16).fill(0x61);
        bytes[place] = byte;
        expect(findLineEnd(memoryOf(bytes), 0, 16)).toBe(isLineByte[byte] === 1 ? 16 : place);
      }
    }
  });

  it('looks at no byte before the start and none from the limit on', () => {
    const bytes = new Uint8Array(24).fill(0x0d);
    for (let start = 4; start < 12; start++) {
      for (let limit = start; limit < 20; limit++) {
        bytes.fill(0x0d).fill(0xff, start, limit);
        expect(findLineEnd(memoryOf(bytes), start, limit)).toBe(limit);
      }
    }
  });

  it('takes tabs and obs-text beside each other', () => {
    const bytes = Uint8Array.of(0x61, 0x09, 0x80, 0xff, 0x09, 0x09, 0x7e, 0x20, 0x7f);
    expect(findLineEnd(memoryOf(bytes), 0, bytes.length)).toBe(8);
  });
});
