/** Smaller chunks are joined: each costs some 250 bytes of its own, however few it carries. */
const smallBytes = 1024;
const firstPageBytes = 256;
const largestPageBytes = 16_384;

/**
 * Appends copies of chunks to a list that keeps them until somebody takes them. Small ones are joined, so that a peer
 * that sends single bytes costs no more memory than one that sends many at once. One joiner serves one list; others may
 * take from it, and shorten its first chunk, meanwhile.
 */
export class ChunkJoiner {
  /** Collects small chunks; the last entry of the list is what it has of them. */
  private page = new Uint8Array(0);
  private used = 0;

  /** `chunk` is lent. */
  append(chunks: Uint8Array[], chunk: Uint8Array): void {
    const last = chunks[chunks.length - 1];
    const size = chunk.byteLength;
    if (size === 0) return;
    if (last === undefined || size >= smallBytes) {
      chunks.push(new Uint8Array(chunk));
      return;
    }
    const isOpen = last.buffer === this.page.buffer && this.used + size <= this.page.byteLength;
    if (!isOpen) this.openPage(chunks.length, size);
    this.page.set(chunk, this.used);
    this.used += size;
    if (isOpen) chunks[chunks.length - 1] = this.page.subarray(last.byteOffset, this.used);
    else chunks.push(this.page.subarray(0, this.used));
  }

  /** Pages grow with the list, so that a few small chunks do not take a large one. */
  private openPage(chunks: number, size: number): void {
    this.page = new Uint8Array(Math.max(size, Math.min(firstPageBytes * 4 ** (chunks - 1), largestPageBytes)));
    this.used = 0;
  }
}
