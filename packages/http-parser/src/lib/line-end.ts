import { isLineByte } from './byte-class.ts';
import type { Memory } from './memory-of.ts';

/**
 * Returns the first position whose byte is not allowed in a line (usually the CR), or `limit`. Looks at four bytes at a
 * time, because most of a head consists of long values.
 */
export function findLineEnd({ bytes, view }: Memory, start: number, limit: number): number {
  const lastWord = limit - 4;
  let position = start;
  for (;;) {
    while (position <= lastWord && areLineBytes(view.getInt32(position))) position += 4;
    const stop = Math.min(position + 4, limit); // the word has a tab, or a byte that ends the search
    while (position < stop && isLineByte[bytes[position]!] === 1) position++;
    if (position < stop || position === limit) return position;
  }
}

/** Whether all four bytes are visible ASCII, space or obs-text. No carry crosses a byte. */
function areLineBytes(word: number): boolean {
  const low = word & 0x7f7f7f7f;
  const isControl = ~(low + 0x60606060); // top bit of each byte: below 0x20
  const isDelete = low + 0x01010101; // top bit of each byte: 0x7f
  return ((isControl | isDelete) & ~word & 0x80808080) === 0;
}
