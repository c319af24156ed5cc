import { splitEverywhere } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { frame } from './frame-fixtures.ts';
import { FrameScanner } from './frame-scanner.ts';

describe('FrameScanner', () => {
  it('finds every frame, masked or not, however the bytes are split', () => {
    const bytes = Buffer.concat([
      frame({ payload: 'a' }),
      frame({ opcode: 9 }),
      frame({ opcode: 2, payload: 'b'.repeat(130), isFinal: false, isMasked: false }),
      frame({ opcode: 0, payload: 'c'.repeat(3) }),
    ]);
    splitEverywhere(bytes, (chunks) => {
      const found: unknown[] = [];
      const scanner = new FrameScanner((...start) => void found.push(start));
      for (const chunk of chunks) scanner.read(chunk);
      expect(found).toEqual([
        [1, true, 1],
        [9, true, 0],
        [2, false, 130],
        [0, true, 3],
      ]);
      expect(scanner.isBetween).toBe(true);
    });
  });
});
