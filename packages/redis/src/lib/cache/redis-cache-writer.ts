import type { CacheMeta, CacheWriter } from '@windhover/cache';
import { chunkBytes } from './stored-answer.ts';

/** Takes a complete content. */
export type StoreContent = (meta: CacheMeta, chunks: readonly Uint8Array[]) => Promise<void>;

/** Collects the content of one answer, in pieces of the size that Redis gets. */
export class RedisCacheWriter implements CacheWriter {
  private readonly meta: CacheMeta;
  private readonly store: StoreContent;
  private chunks: Uint8Array[] = [];
  private total = 0;

  constructor(meta: CacheMeta, store: StoreContent) {
    this.meta = meta;
    this.store = store;
  }

  write(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.total += chunk.byteLength;
  }

  commit(): Promise<void> {
    const { chunks, total } = this;
    this.chunks = [];
    return this.store({ ...this.meta, length: total }, cut(chunks, total));
  }

  discard(): void {
    this.chunks = [];
  }
}

/** The same bytes in pieces of `chunkBytes`. */
function cut(chunks: readonly Uint8Array[], total: number): Uint8Array[] {
  if (chunks.length === 1 && total <= chunkBytes) return [...chunks];
  const content = Buffer.concat(chunks, total);
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < total; start += chunkBytes) pieces.push(content.subarray(start, start + chunkBytes));
  return pieces;
}
