import { describe, expect, it } from 'vitest';
import { ChunkJoiner } from './chunk-joiner.ts';

describe('ChunkJoiner', () => {
  const fill = (sizes: readonly number[]): { chunks: Uint8Array[]; bytes: number[] } => {
    const joiner = new ChunkJoiner();
    const chunks: Uint8Array[] = [];
    const bytes: number[] = [];
    for (const size of sizes) {
      const chunk = Uint8Array.from({ length: size }, () => (bytes.length * 7 + size) % 251);
      bytes.push(...chunk);
      joiner.append(chunks, chunk);
      chunk.fill(0xff); // it was lent
    }
    return { chunks, bytes };
  };

  it('keeps every byte in its place, and joins small chunks only', () => {
    const { chunks, bytes } = fill([1, 1, 300, 5000, 1, 1023, 1024, 0, 20_000, 7, 7]);
    expect(chunks.flatMap((chunk) => [...chunk])).toEqual(bytes);
    expect(chunks.length).toBeLessThan(10);
  });

  it('makes few chunks of single bytes', () => {
    const { chunks, bytes } = fill(Array<number>(100_000).fill(1));
    expect(chunks.flatMap((chunk) => [...chunk])).toEqual(bytes);
    expect(chunks.length).toBeLessThan(15);
    expect(chunks.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)).toBeLessThan(2 * bytes.length);
  });

  it('lets others take chunks, and parts of the first, meanwhile', () => {
    const joiner = new ChunkJoiner();
    const chunks: Uint8Array[] = [];
    const taken: number[] = [];
    for (let value = 0; value < 240; value++) {
      joiner.append(chunks, Uint8Array.of(value));
      if (value % 3 === 0) {
        taken.push(chunks[0]![0]!);
        if (chunks[0]!.byteLength > 1) chunks[0] = chunks[0]!.subarray(1);
        else chunks.shift();
      }
    }
    expect([...taken, ...chunks.flatMap((chunk) => [...chunk])]).toEqual(Array.from({ length: 240 }, (_, at) => at));
  });
});
