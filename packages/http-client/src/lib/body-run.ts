/**
 * The bytes of a body that came in one read. Chunks lie apart in it, by the lines that frame them; here they are moved together, so that
 * a body of single-byte chunks costs one write for each read and not one for each byte.
 */
export class BodyRun {
  private start = 0;
  private end = 0;

  get isEmpty(): boolean {
    return this.start === this.end;
  }

  /** Adds `read[from]` to `read[to - 1]`: always of the same read, and behind what was added before. Moving overwrites framing only. */
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

  /** Moves the bytes out, lent like the read. */
  take(read: Uint8Array): Uint8Array {
    const { start, end } = this;
    this.start = 0;
    this.end = 0;
    return read.subarray(start, end);
  }
}
