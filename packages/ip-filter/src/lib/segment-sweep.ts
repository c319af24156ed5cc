import { compareWords, incrementWords } from './compare-words.ts';
import type { NetworkStore } from './network-store.ts';
import { SegmentTable } from './segment-table.ts';

/** Which of several networks with one address counts: the smallest one, or the one that was added first. */
export type NetworkOrder = 'longest' | 'first';

/**
 * Cuts the address space of one family where the answer changes. Networks are either inside of each other or apart, so one pass over
 * them with a stack finds the cuts. The pass can be made in several parts.
 */
export class SegmentSweep {
  private readonly store: NetworkStore;
  private readonly order: NetworkOrder;
  private readonly beats: (tag: number, other: number) => boolean;
  private readonly starts: Uint32Array;
  private readonly owners: Int32Array;
  private readonly sorted: Uint32Array;
  /** The networks around the place of the pass, and which of them counts at each depth. */
  private readonly open: number[] = [];
  private readonly winners: number[] = [];
  private readonly end: Uint32Array;
  private count = 0;
  private done = 0;

  /** @param beats whether the first tag wins where both have the same network and the order does not decide */
  constructor(store: NetworkStore, order: NetworkOrder, beats: (tag: number, other: number) => boolean = () => false) {
    this.store = store;
    this.order = order;
    this.beats = beats;
    this.starts = new Uint32Array((2 * store.count + 1) * store.width);
    this.owners = new Int32Array(2 * store.count + 1);
    this.end = new Uint32Array(store.width);
    this.sorted = store.sorted();
  }

  /** Goes on with so many networks; true when all are done. */
  sweep(maxNetworks = Number.POSITIVE_INFINITY): boolean {
    const { store, open, winners, sorted } = this;
    const { width, starts } = store;
    const until = Math.min(sorted.length, this.done + maxNetworks);
    for (; this.done < until; this.done++) {
      const network = sorted[this.done]!;
      while (open.length > 0) {
        store.endOf(open.at(-1)!, this.end);
        if (compareWords(starts, network * width, this.end, 0, width) <= 0) break;
        this.close();
      }
      open.push(network);
      winners.push(this.winner(network, winners.at(-1)));
      this.cut(starts, network * width, winners.at(-1)!);
    }
    if (this.done < sorted.length) return false;
    while (open.length > 0) this.close();
    return true;
  }

  /** The table, once all networks are done. */
  table(): SegmentTable {
    const { width } = this.store;
    return new SegmentTable(width, this.starts.slice(0, this.count * width), this.owners.slice(0, this.count));
  }

  /** Behind the end of a network, the one around it counts again. */
  private close(): void {
    this.store.endOf(this.open.pop()!, this.end);
    this.winners.pop();
    if (incrementWords(this.end)) this.cut(this.end, 0, this.winners.at(-1) ?? -1);
  }

  /** Which of a network and the one that counts around it counts inside. */
  private winner(network: number, around: number | undefined): number {
    if (around === undefined) return network;
    const { tags, bits, starts, width } = this.store;
    if (this.order === 'first') return tags[network]! < tags[around]! ? network : around;
    const isSame =
      bits[network] === bits[around] && compareWords(starts, network * width, starts, around * width, width) === 0;
    return isSame && !this.beats(tags[network]!, tags[around]!) ? around : network;
  }

  /** From this address on, another network counts. */
  private cut(words: Uint32Array, at: number, owner: number): void {
    const { width } = this.store;
    const last = this.count - 1;
    const isSamePlace = last >= 0 && compareWords(this.starts, last * width, words, at, width) === 0;
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
