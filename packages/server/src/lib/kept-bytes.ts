import { ChunkJoiner } from '@windhover/transport';

/** Keeps bytes that arrived before they were wanted. They take about as much memory as they are, in whatever chunks they came. */
export class KeptBytes {
  /** The number of bytes kept. */
  size = 0;
  private chunks: Uint8Array[] = [];
  /** Made for the second chunk; most bodies come in one. */
  private joiner: ChunkJoiner | null = null;

  /** Takes ownership of `bytes`: copy a lent chunk first. */
  add(bytes: Uint8Array): void {
    this.size += bytes.byteLength;
    if (this.chunks.length === 0 || bytes.byteLength >= largeBytes) this.chunks.push(bytes);
    else {
      this.joiner ??= new ChunkJoiner();
      this.joiner.append(this.chunks, bytes);
    }
  }

  /** Removes and returns everything, in one piece. */
  take(): Uint8Array {
    const { chunks } = this;
    this.chunks = [];
    this.size = 0;
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  }
}

/** A chunk of that size is not copied once more. */
const largeBytes = 1024;
