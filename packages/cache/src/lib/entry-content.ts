import type { Body, ReadBody } from '@windhover/core';
import type { StoredContent } from './answer-stored.ts';
import type { CacheEntry } from './cache-entry.ts';
import type { Filling } from './filling.ts';

/** The content of a stored answer. */
export function entryContent(entry: CacheEntry): StoredContent {
  return {
    length: entry.meta.length,
    openAll: () => entry.open(),
    openPart: (start, end) => new PartBody(entry.open(), start, end),
  };
}

/** The content of an answer that is arriving. */
export function fillingContent(filling: Filling): StoredContent {
  return {
    length: filling.length,
    openAll: (): Body => filling.whole ?? filling.open(),
    openPart: (start, end): Body => filling.open(start, end),
  };
}

/** Some of the bytes of another body. */
class PartBody implements ReadBody {
  readonly length: number;
  private readonly body: ReadBody;
  private readonly start: number;

  constructor(body: ReadBody, start: number, end: number) {
    this.body = body;
    this.start = start;
    this.length = end + 1 - start;
  }

  read(into: Uint8Array, position: number): number | Promise<number> {
    return this.body.read(into.subarray(0, Math.min(into.byteLength, this.length - position)), this.start + position);
  }

  close(): void {
    this.body.close();
  }
}
