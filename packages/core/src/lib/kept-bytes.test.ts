import { describe, expect, it } from 'vitest';
import { KeptBytes } from './kept-bytes.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const readAll = (kept: KeptBytes): string => {
  let text = '';
  for (let piece = kept.next(); piece !== null; piece = kept.next()) text += new TextDecoder().decode(piece);
  return text;
};

describe('KeptBytes', () => {
  it('gives back what it kept, in order, small, large and given chunks mixed', () => {
    const kept = new KeptBytes();
    const chunks = Array.from({ length: 40 }, (_each, index) =>
      String.fromCharCode(65 + index).repeat((index * 977) % 9001),
    );
    for (const [index, chunk] of chunks.entries()) kept.append(bytes(chunk), index % 2 === 0);
    for (let round = 0; round < 3; round++) {
      expect(readAll(kept)).toBe(chunks.join(''));
      expect([kept.isRead, kept.next()]).toEqual([true, null]);
      if (round === 1) expect(kept.whole().byteLength).toBe(kept.length);
      kept.rewind();
    }
  });

  it('goes on where the reader was when more arrives', () => {
    const kept = new KeptBytes();
    let read = '';
    let expected = '';
    for (let index = 0; index < 600; index++) {
      const chunk = String(index).repeat(1 + (index % 50));
      expected += chunk;
      kept.append(bytes(chunk), false);
      if (index % 7 === 0) read += readAll(kept);
    }
    expect(read + readAll(kept)).toBe(expected);
  });

  it('goes on behind what the reader had from elsewhere', () => {
    const kept = new KeptBytes();
    kept.append(bytes('ab'), false);
    kept.markRead();
    kept.append(bytes('cd'), false);
    expect(readAll(kept)).toBe('cd');
    kept.append(new Uint8Array(8192).fill(101), true);
    kept.markRead();
    kept.append(bytes('f'), false);
    expect(readAll(kept)).toBe('f');
  });

  it('copies what is lent', () => {
    const kept = new KeptBytes();
    const lent = bytes('abc');
    kept.append(lent, false);
    lent.fill(0);
    expect(readAll(kept)).toBe('abc');
  });

  it('keeps a given large chunk without a copy, and not a small view of a large buffer', () => {
    const kept = new KeptBytes();
    const large = new Uint8Array(8192);
    kept.append(large, true);
    expect(kept.next()).toHaveProperty('buffer', large.buffer);
    const view = new Uint8Array(65_536).subarray(0, 5000);
    kept.append(view, true);
    expect(kept.next()?.buffer).not.toBe(view.buffer);
  });

  it('takes at most twice the bytes, for chunks of one byte too', () => {
    for (const total of [300, 5000, 200_000]) {
      const kept = new KeptBytes();
      for (let index = 0; index < total; index++) kept.append(Uint8Array.of(index), false);
      const buffers = new Set<ArrayBufferLike>();
      for (let piece = kept.next(); piece !== null; piece = kept.next()) buffers.add(piece.buffer);
      expect([...buffers].reduce((sum, each) => sum + each.byteLength, 0)).toBeLessThanOrEqual(2 * total);
      expect(buffers.size).toBeLessThan(32);
    }
  });

  it('is empty in one piece when nothing came', () => {
    expect(new KeptBytes().whole()).toEqual(new Uint8Array(0));
  });
});
