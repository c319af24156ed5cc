/** Keeps bytes that arrived before they were wanted. */
export class KeptBytes {
  /** The number of bytes kept. */
  size = 0;
  private chunks: Uint8Array[] = [];

  /** Takes ownership of `bytes`: copy a lent chunk first. */
  add(bytes: Uint8Array): void {
    this.chunks.push(bytes);
    this.size += bytes.byteLength;
  }

  /** Removes and returns everything, in one piece. */
  take(): Uint8Array {
    const { chunks } = this;
    this.chunks = [];
    this.size = 0;
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  }
}
