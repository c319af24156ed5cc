import type { Body, ReadBody } from '@windhover/core';
import type { StoredContent } from './answer-stored.ts';
import type { CacheMeta, OpenedContent } from './cache-entry.ts';
import type { Filling } from './filling.ts';

/** The content of a stored answer, opened; `null` for HEAD, which needs none. */
export class EntryContent implements StoredContent {
  readonly length: number | null;
  private readonly body: OpenedContent;

  constructor(meta: CacheMeta, body: OpenedContent) {
    this.length = meta.length;
    this.body = body;
  }

  openAll(): Body {
    return this.body;
  }

  openPart(start: number, end: number): Body {
    return new PartBody(this.body!, start, end);
  }

  unused(): void {
    this.body?.close();
  }
}

/** The content of an answer that is arriving. */
export class FillingContent implements StoredContent {
  private readonly filling: Filling;

  constructor(filling: Filling) {
    this.filling = filling;
  }

  get length(): number | null {
    return this.filling.length;
  }

  openAll(): Body {
    return this.filling.whole ?? this.filling.open();
  }

  openPart(start: number, end: number): Body {
    return this.filling.open(start, end);
  }

  unused(): void {
    // nothing was opened
  }
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
