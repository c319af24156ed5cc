/** Bytes that arrived before anybody wanted them. */
export class KeptBytes {
  /** How many there are. */
  size = 0;
  private chunks: Uint8Array[] = [];

  /** Takes `bytes` over: a lent chunk must be copied before. */
  add(bytes: Uint8Array): void {
    this.chunks.push(bytes);
    this.size += bytes.byteLength;
  }

  /** Gives everything away, in one piece. */
  take(): Uint8Array {
    const { chunks } = this;
    this.chunks = [];
    this.size = 0;
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  }
}
