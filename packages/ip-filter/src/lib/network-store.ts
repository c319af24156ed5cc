import { formatIpAddress } from '@windhover/ip';

/** Networks of one family in typed arrays, in the order in which they were added. */
export class NetworkStore {
  /** Words of an address: 1 for IPv4, 4 for IPv6. */
  readonly width: number;
  count = 0;
  starts: Uint32Array<ArrayBuffer>;
  bits: Uint8Array<ArrayBuffer>;
  /** What the one who added a network knows it by. */
  tags: Int32Array<ArrayBuffer>;

  constructor(width: number) {
    this.width = width;
    this.starts = new Uint32Array(16 * width);
    this.bits = new Uint8Array(16);
    this.tags = new Int32Array(16);
  }

  /** Adds the network that begins at these words. */
  add(words: Uint32Array, bits: number, tag: number): void {
    if (this.count === this.bits.length) this.grow();
    for (let word = 0; word < this.width; word++) this.starts[this.count * this.width + word] = words[word]!;
    this.bits[this.count] = bits;
    this.tags[this.count] = tag;
    this.count += 1;
  }

  /** Writes the last address of a network into `to`. */
  endOf(network: number, to: Uint32Array): void {
    const bits = this.bits[network]!;
    for (let word = 0; word < this.width; word++) {
      const own = Math.min(32, Math.max(0, bits - 32 * word));
      const rest = own === 32 ? 0 : 0xffff_ffff >>> own;
      to[word] = (this.starts[network * this.width + word]! | rest) >>> 0;
    }
  }

  /** `10.0.0.0/8`; an address without its bits. */
  format(network: number): string {
    const { width, starts } = this;
    const bits = this.bits[network]!;
    const groups: number[] = [];
    for (const word of starts.subarray(network * width, (network + 1) * width)) groups.push(word >>> 16, word & 0xffff);
    return `${formatIpAddress(groups)}${bits === width * 32 ? '' : `/${bits}`}`;
  }

  /** The networks by their first address, larger ones first. */
  sorted(): Uint32Array<ArrayBuffer> {
    return this.width === 1 ? this.sortedIPv4() : this.sortedIPv6();
  }

  /** Sorted as whole numbers of 64 bits (start, bits, index), which is many times faster than with a function. */
  private sortedIPv4(): Uint32Array<ArrayBuffer> {
    const { count, starts, bits } = this;
    const keys = new BigUint64Array(count);
    const halves = new Uint32Array(keys.buffer);
    const low = isLittleEndian ? 0 : 1;
    let isSorted = true;
    for (let index = 0; index < count; index++) {
      const isBehind = index === 0 || starts[index]! > starts[index - 1]!;
      isSorted &&= isBehind;
      halves[index * 2 + low] = ((bits[index]! << 26) | index) >>> 0;
      halves[index * 2 + 1 - low] = starts[index]!;
    }
    if (!isSorted) keys.sort(); // lists often are
    const order = new Uint32Array(count);
    for (let index = 0; index < count; index++) order[index] = halves[index * 2 + low]! & 0x3ff_ffff;
    return order;
  }

  private sortedIPv6(): Uint32Array<ArrayBuffer> {
    const { starts, bits, width } = this;
    const order = Uint32Array.from({ length: this.count }, (_, index) => index);
    return order.sort((one, other) => {
      for (let word = 0; word < width; word++) {
        const difference = starts[one * width + word]! - starts[other * width + word]!;
        if (difference !== 0) return difference;
      }
      return bits[one]! - bits[other]! || one - other;
    });
  }

  private grow(): void {
    if (this.count === 0x400_0000) throw new RangeError('a list has at most 67,108,864 networks');
    const starts = new Uint32Array(this.starts.length * 2);
    const bits = new Uint8Array(this.bits.length * 2);
    const tags = new Int32Array(this.tags.length * 2);
    starts.set(this.starts);
    bits.set(this.bits);
    tags.set(this.tags);
    this.starts = starts;
    this.bits = bits;
    this.tags = tags;
  }
}

const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
