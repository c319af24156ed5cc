/** A given chunk of at least this size is kept as it is; smaller chunks are copied into pages. */
const largeChunk = 4096;
const firstPage = 256;
const largestPage = 64 * 1024;

/**
 * Keeps bytes so that they can be read again, by one reader at a time. Chunks of any size take about as much memory as
 * they have bytes. Keeping each chunk separately would cost 250 bytes for each byte of a body that arrives byte by
 * byte.
 */
export class KeptBytes {
  /** The number of bytes kept. */
  length = 0;
  /** The number of bytes that the reader has got. */
  private readBytes = 0;
  private readonly full: Uint8Array[] = [];
  private page = new Uint8Array(0);
  private used = 0;
  /** The reader's position: the index of a page, and the offset in that page. */
  private pageIndex = 0;
  private offset = 0;

  /** @param given whether the chunk is ours to keep; otherwise it is copied */
  append(chunk: Uint8Array, given: boolean): void {
    this.length += chunk.byteLength;
    // A small view of a large buffer would keep the whole buffer in memory.
    if (given && chunk.byteLength >= largeChunk && chunk.byteLength * 2 >= chunk.buffer.byteLength) {
      this.closePage();
      this.full.push(chunk);
      return;
    }
    let rest = chunk;
    while (rest.byteLength > 0) {
      if (this.used === this.page.byteLength) this.openPage();
      const part = rest.subarray(0, this.page.byteLength - this.used);
      this.page.set(part, this.used);
      this.used += part.byteLength;
      rest = rest.subarray(part.byteLength);
    }
  }

  get isRead(): boolean {
    return this.readBytes === this.length;
  }

  /** The reader starts again at the first byte. */
  rewind(): void {
    this.readBytes = 0;
    this.pageIndex = 0;
    this.offset = 0;
  }

  /** Marks everything so far as read: the reader got it by another way. */
  markRead(): void {
    this.readBytes = this.length;
    this.pageIndex = this.full.length;
    this.offset = this.used;
  }

  /** Returns the next piece that the reader has not got, lent; `null` if it has got everything. */
  next(): Uint8Array | null {
    if (this.isRead) return null;
    while (this.pageIndex < this.full.length && this.offset === this.full[this.pageIndex]!.byteLength) {
      this.pageIndex += 1;
      this.offset = 0;
    }
    const page = this.full[this.pageIndex] ?? this.page.subarray(0, this.used);
    const piece = page.subarray(this.offset);
    this.offset = page.byteLength;
    this.readBytes += piece.byteLength;
    return piece;
  }

  /** Returns everything in one piece, which is then kept instead of the pages. */
  whole(): Uint8Array {
    if (this.used > 0 || this.full.length !== 1) {
      const whole = new Uint8Array(this.length);
      let position = 0;
      this.rewind();
      for (let piece = this.next(); piece !== null; piece = this.next()) {
        whole.set(piece, position);
        position += piece.byteLength;
      }
      this.full.splice(0, this.full.length, whole);
      this.page = new Uint8Array(0);
      this.used = 0;
    }
    this.markRead();
    return this.full[0]!;
  }

  private closePage(): void {
    if (this.used > 0) this.full.push(this.page.slice(0, this.used));
    this.page = new Uint8Array(0);
    this.used = 0;
  }

  /** Pages grow with the number of bytes kept, so that a small body does not take a large page. */
  private openPage(): void {
    if (this.used > 0) this.full.push(this.page);
    this.page = new Uint8Array(Math.min(largestPage, Math.max(firstPage, this.length)));
    this.used = 0;
  }
}
