import { type CacheEntry, type CacheMeta, FixedBody, type OpenedContent } from '@windhover/cache';
import type { ReadBody } from '@windhover/core';
import { redisError } from '../errors.ts';
import { chunkBytes, type StoredAnswer } from './stored-answer.ts';

/** Gets one piece of a content; `null`: it is not there any more. */
export type ReadChunk = (contentId: string, index: number) => Promise<Uint8Array | null>;

/** Up to this size, all of a content is there before its answer starts. */
const maxWholeBytes = 1024 * 1024;

/** An answer whose content is in Redis. */
export class RedisCacheEntry implements CacheEntry {
  readonly contentId: string;
  readonly meta: CacheMeta;
  /** The hash of the key and the id of the content. */
  readonly id: string;
  private readonly readChunk: ReadChunk;

  constructor(id: string, { contentId, meta }: StoredAnswer, readChunk: ReadChunk) {
    this.id = id;
    this.contentId = contentId;
    this.meta = meta;
    this.readChunk = readChunk;
  }

  /** A content that is lost, or cannot be reached, makes the request a miss. */
  async open(): Promise<OpenedContent> {
    const length = this.meta.length!;
    try {
      if (length > maxWholeBytes) {
        const body = new ChunkedBody(this.contentId, length, this.readChunk);
        await body.load(0);
        return body;
      }
      const count = Math.ceil(length / chunkBytes);
      const chunks = await Promise.all(
        Array.from({ length: count }, (_, index) => wholeChunk(this.readChunk, this.contentId, index, length)),
      );
      return new FixedBody(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    } catch {
      return null; // the log of the calls has heard of it
    }
  }
}

/** The content of a large answer, read while it is sent. If a piece is lost meanwhile, the message is cut. */
class ChunkedBody implements ReadBody {
  readonly length: number;
  private readonly contentId: string;
  private readonly readChunk: ReadChunk;
  private chunk: Uint8Array | null = null;
  private chunkIndex = -1;

  constructor(contentId: string, length: number, readChunk: ReadChunk) {
    this.contentId = contentId;
    this.length = length;
    this.readChunk = readChunk;
  }

  async load(index: number): Promise<Uint8Array> {
    if (this.chunk !== null && this.chunkIndex === index) return this.chunk;
    const chunk = await wholeChunk(this.readChunk, this.contentId, index, this.length);
    this.chunk = chunk;
    this.chunkIndex = index;
    return chunk;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    if (position >= this.length) return 0;
    const chunk = await this.load(Math.floor(position / chunkBytes));
    const start = position % chunkBytes;
    const part = chunk.subarray(start, start + into.byteLength);
    into.set(part);
    return part.byteLength;
  }

  close(): void {
    this.chunk = null;
  }
}

async function wholeChunk(readChunk: ReadChunk, contentId: string, index: number, length: number): Promise<Uint8Array> {
  const chunk = await readChunk(contentId, index);
  if (chunk === null || chunk.byteLength !== Math.min(chunkBytes, length - index * chunkBytes))
    throw redisError('REDIS_FAILED', 'a part of a content is lost');
  return chunk;
}
