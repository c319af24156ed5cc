/**
 * The body bytes of one read. Chunk framing separates them; here they are moved together, so that a body of single-byte
 * chunks costs one write per read and not one per byte.
 */
export class BodyRun {
  private start = 0;
  private end = 0;

  get isEmpty(): boolean {
    return this.start === this.end;
  }

  /**
   * Adds `read[from]` to `read[to - 1]`. They must come from the same read and lie behind the bytes added before.
   * Moving overwrites framing only.
   */
  add(read: Uint8Array, from: number, to: number): void {
    if (this.isEmpty) {
      this.start = from;
      this.end = to;
      return;
    }
    if (to - from === 1) read[this.end] = read[from]!;
    else read.copyWithin(this.end, from, to);
    this.end += to - from;
  }

  /** Takes the bytes out. They are lent, like the read. */
  take(read: Uint8Array): Uint8Array {
    const { start, end } = this;
    this.start = 0;
    this.end = 0;
    return read.subarray(start, end);
  }
}
