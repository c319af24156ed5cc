import type { AddressWords } from './address-words.ts';
import { NetworkStore } from './network-store.ts';
import { type NetworkOrder, SegmentTable } from './segment-table.ts';

/** A network that an address was found in. */
export interface FoundNetwork {
  readonly store: NetworkStore;
  readonly network: number;
}

/** Networks of both families, made ready for look-ups. */
export class NetworkTable {
  private readonly ipv4: NetworkStore;
  private readonly ipv6: NetworkStore;
  private readonly segments4: SegmentTable;
  private readonly segments6: SegmentTable;

  constructor(
    builder: NetworkTableBuilder,
    order: NetworkOrder = 'longest',
    beats?: (tag: number, other: number) => boolean,
  ) {
    this.ipv4 = builder.ipv4;
    this.ipv6 = builder.ipv6;
    this.segments4 = new SegmentTable(this.ipv4, order, beats);
    this.segments6 = new SegmentTable(this.ipv6, order, beats);
  }

  /** How many networks there are. */
  get size(): number {
    return this.ipv4.count + this.ipv6.count;
  }

  /** The number of the network that an address belongs to, to be used with the other methods; -1: to none. */
  find({ words, family }: AddressWords): number {
    if (family === 4) return this.segments4.find(words);
    return family === 6 ? this.segments6.find(words) : -1;
  }

  tagOf(network: number, { family }: AddressWords): number {
    return (family === 4 ? this.ipv4 : this.ipv6).tags[network]!;
  }

  /** How many leading bits the addresses of a network share. */
  bitsOf(network: number, { family }: AddressWords): number {
    return (family === 4 ? this.ipv4 : this.ipv6).bits[network]!;
  }

  /** `10.0.0.0/8`, for messages. */
  format(network: number, family: 4 | 6): string {
    return (family === 4 ? this.ipv4 : this.ipv6).format(network);
  }
}

/** Collects the networks of a table. */
export class NetworkTableBuilder {
  readonly ipv4 = new NetworkStore(1);
  readonly ipv6 = new NetworkStore(4);

  /** How many networks there are. */
  get size(): number {
    return this.ipv4.count + this.ipv6.count;
  }

  add({ words, family }: AddressWords, bits: number, tag = 0): void {
    (family === 4 ? this.ipv4 : this.ipv6).add(words, bits, tag);
  }
}
