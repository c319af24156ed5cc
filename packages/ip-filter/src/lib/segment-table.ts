import { compareWords } from './compare-words.ts';

/** The address space of one family in segments with one answer each: a look-up is one binary search, however networks nest. */
export class SegmentTable {
  private readonly width: number;
  /** The first address of each segment, in order. */
  private readonly starts: Uint32Array;
  /** The network that a segment belongs to; -1: to none. */
  private readonly owners: Int32Array;
  /** For a large table of IPv4: where the addresses with the same upper 16 bits begin, so that a search is a short one. */
  private readonly tops: Uint32Array | null;

  constructor(width: number, starts: Uint32Array, owners: Int32Array) {
    this.width = width;
    this.starts = starts;
    this.owners = owners;
    this.tops = width === 1 && owners.length > 4096 ? topsOf(starts) : null;
  }

  /** The network that an address belongs to; -1: to none. */
  find(words: Uint32Array): number {
    const { width, starts } = this;
    let low = 0;
    let high = this.owners.length;
    if (width === 1) {
      const key = words[0]!;
      if (this.tops !== null) {
        low = this.tops[key >>> 16]!;
        high = this.tops[(key >>> 16) + 1]!;
      }
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (starts[middle]! > key) high = middle;
        else low = middle + 1;
      }
    } else {
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (compareWords(starts, middle * width, words, 0, width) > 0) high = middle;
        else low = middle + 1;
      }
    }
    return low === 0 ? -1 : this.owners[low - 1]!;
  }
}

/** How many of the sorted addresses have smaller upper 16 bits, for all of these. */
function topsOf(starts: Uint32Array): Uint32Array {
  const tops = new Uint32Array(0x1_0001);
  for (const start of starts) tops[(start >>> 16) + 1]! += 1;
  for (let top = 1; top < tops.length; top++) tops[top]! += tops[top - 1]!;
  return tops;
}
