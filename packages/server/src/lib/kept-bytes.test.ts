import { describe, expect, it } from 'vitest';
import { KeptBytes } from './kept-bytes.ts';

describe('KeptBytes', () => {
  it('returns chunks of all sizes in their order, in one piece, and is empty then', () => {
    const kept = new KeptBytes();
    const added: number[] = [];
    for (const size of [1, 1, 300, 5000, 1, 1023, 1024, 0, 20_000, 7]) {
      const chunk = Uint8Array.from({ length: size }, (_, index) => (added.length + index) % 251);
      added.push(...chunk);
      kept.add(chunk);
    }
    expect(kept.size).toBe(added.length);
    expect([...kept.take()]).toEqual(added);
    expect([kept.size, kept.take().byteLength]).toEqual([0, 0]);
    kept.add(Uint8Array.of(1));
    expect([...kept.take()]).toEqual([1]);
  });

  it('takes about as much memory as there are bytes, if each comes alone', () => {
    const count = 200_000;
    const kept = new KeptBytes();
    for (let index = 0; index < count; index++) kept.add(Uint8Array.of(index & 0xff));
    const { chunks } = kept as unknown as { chunks: Uint8Array[] };
    expect(chunks.length).toBeLessThan(20);
    expect(kept.take().byteLength).toBe(count);
  });
});
