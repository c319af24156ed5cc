import type { NetworkStore } from './network-store.ts';

/** Which of several networks with one address counts: the smallest one, or the one that was added first. */
export type NetworkOrder = 'longest' | 'first';

/**
 * The address space of one family, cut where the answer changes: a look-up is one binary search, however networks nest. Networks are
 * either inside of each other or apart, so one pass with a stack finds the cuts.
 */
export class SegmentTable {
  private readonly store: NetworkStore;
  private readonly order: NetworkOrder;
  private starts: Uint32Array;
  private owners: Int32Array;
  private count = 0;
  /** For a large table of IPv4: where the addresses with the same upper 16 bits begin, so that a search is a short one. */
  private readonly tops: Uint32Array | null;
  private readonly beats: (tag: number, other: number) => boolean;

  /** @param beats whether the first tag wins where both have the same network and the order does not decide */
  constructor(store: NetworkStore, order: NetworkOrder, beats: (tag: number, other: number) => boolean = () => false) {
    this.store = store;
    this.order = order;
    this.beats = beats;
    this.starts = new Uint32Array((2 * store.count + 1) * store.width);
    this.owners = new Int32Array(2 * store.count + 1);
    this.build();
    this.starts = this.starts.slice(0, this.count * store.width);
    this.owners = this.owners.slice(0, this.count);
    this.tops = store.width === 1 && this.count > 4096 ? topsOf(this.starts) : null;
  }

  /** The network that an address belongs to, by its place in the store; -1: to none. */
  find(words: Uint32Array): number {
    const { width } = this.store;
    const { starts } = this;
    let low = 0;
    let high = this.count;
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
        if (compare(starts, middle * width, words, width) > 0) high = middle;
        else low = middle + 1;
      }
    }
    return low === 0 ? -1 : this.owners[low - 1]!;
  }

  private build(): void {
    const { store } = this;
    const { width, starts } = store;
    const open: number[] = [];
    const winners: number[] = [];
    const end = new Uint32Array(width);
    const close = (): void => {
      store.endOf(open.pop()!, end);
      winners.pop();
      if (increment(end)) this.cut(end, 0, winners.at(-1) ?? -1);
    };
    for (const network of store.sorted()) {
      while (open.length > 0) {
        store.endOf(open.at(-1)!, end);
        if (compare(starts, network * width, end, width) <= 0) break;
        close();
      }
      open.push(network);
      winners.push(this.winner(network, winners.at(-1)));
      this.cut(starts, network * width, winners.at(-1)!);
    }
    while (open.length > 0) close();
  }

  /** Which of a network and the one that counts around it counts inside. */
  private winner(network: number, around: number | undefined): number {
    if (around === undefined) return network;
    const { tags, bits, starts, width } = this.store;
    if (this.order === 'first') return tags[network]! < tags[around]! ? network : around;
    const isSame =
      bits[network] === bits[around] && compare(starts, network * width, starts.subarray(around * width), width) === 0;
    return isSame && !this.beats(tags[network]!, tags[around]!) ? around : network;
  }

  /** From this address on, another network counts. */
  private cut(words: Uint32Array, at: number, owner: number): void {
    const { width } = this.store;
    const last = this.count - 1;
    const isSamePlace = last >= 0 && compare(this.starts, last * width, words.subarray(at), width) === 0;
    const place = isSamePlace ? last : this.count;
    if (place > 0 && this.owners[place - 1] === owner) {
      this.count = place; // nothing changes here
      return;
    }
    for (let word = 0; word < width; word++) this.starts[place * width + word] = words[at + word]!;
    this.owners[place] = owner;
    this.count = place + 1;
  }
}

/** Below 0, 0 or above 0, as the words of `one` from `at` on are smaller than those of `other`, equal, or larger. */
function compare(one: Uint32Array, at: number, other: Uint32Array, width: number): number {
  for (let word = 0; word < width; word++) {
    const difference = one[at + word]! - other[word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Makes an address the next one; false at the end of the address space. */
function increment(words: Uint32Array): boolean {
  for (let word = words.length - 1; word >= 0; word--) {
    if (words[word] === 0xffff_ffff) words[word] = 0;
    else {
      words[word]! += 1;
      return true;
    }
  }
  return false;
}

/** How many of the sorted addresses have smaller upper 16 bits, for all of these. */
function topsOf(starts: Uint32Array): Uint32Array {
  const tops = new Uint32Array(0x1_0001);
  for (const start of starts) tops[(start >>> 16) + 1]! += 1;
  for (let top = 1; top < tops.length; top++) tops[top]! += tops[top - 1]!;
  return tops;
}
