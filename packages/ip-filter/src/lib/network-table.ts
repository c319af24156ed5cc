import type { AddressWords } from './address-words.ts';
import { NetworkStore } from './network-store.ts';
import { type NetworkOrder, SegmentSweep } from './segment-sweep.ts';
import type { SegmentTable } from './segment-table.ts';

/** A network that an address was found in. */
export interface FoundNetwork {
  readonly store: NetworkStore;
  readonly network: number;
}

/** Takes less than 10 ms. */
const networksPerPart = 50_000;

/** Networks of both families, made ready for look-ups. */
export class NetworkTable {
  private readonly ipv4: NetworkStore;
  private readonly ipv6: NetworkStore;
  private readonly segments4: SegmentTable;
  private readonly segments6: SegmentTable;

  private constructor(builder: NetworkTableBuilder, segments4: SegmentTable, segments6: SegmentTable) {
    this.ipv4 = builder.ipv4;
    this.ipv6 = builder.ipv6;
    this.segments4 = segments4;
    this.segments6 = segments6;
  }

  /** Makes a table at once, for the few networks of a configuration. */
  static of(
    builder: NetworkTableBuilder,
    order: NetworkOrder = 'longest',
    beats?: (tag: number, other: number) => boolean,
  ): NetworkTable {
    const [ipv4, ipv6] = [new SegmentSweep(builder.ipv4, order, beats), new SegmentSweep(builder.ipv6, order, beats)];
    ipv4.sweep();
    ipv6.sweep();
    return new NetworkTable(builder, ipv4.table(), ipv6.table());
  }

  /** Makes a table in parts, with `pause` between them. */
  static async inParts(builder: NetworkTableBuilder, pause: () => Promise<unknown>): Promise<NetworkTable> {
    const tables: SegmentTable[] = [];
    for (const store of [builder.ipv4, builder.ipv6]) {
      await pause();
      const sweep = new SegmentSweep(store, 'longest');
      while (!sweep.sweep(networksPerPart)) await pause();
      tables.push(sweep.table());
    }
    return new NetworkTable(builder, tables[0]!, tables[1]!);
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
