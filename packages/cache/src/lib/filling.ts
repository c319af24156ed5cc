import type { BodySink, PushBody } from '@windhover/core';
import type { CacheMeta } from './cache-entry.ts';
import type { CacheWriter, Spool } from './cache-store.ts';
import { cacheError } from './errors.ts';
import type { FillingInit } from './filling-init.ts';
import { FillingReader } from './filling-reader.ts';

/** How far a slow reader may be behind before the origin has to wait, for content that is not stored. */
const windowBytes = 256 * 1024;
/** How much of one content may wait for the disk before the origin has to wait. */
const unwrittenBytes = 1024 * 1024;

/**
 * The content of one answer on its way from the origin to any number of clients and into the store. Clients may join at any time, because all of it can be
 * read until it is complete: it is kept in memory, or read back from what the writer has on disk already. Content that turns out to be larger than
 * `maxBytes` is not stored: from then on nobody can join, and the slowest client sets the pace.
 */
export class Filling implements BodySink {
  readonly meta: CacheMeta;
  /** The length that the origin has announced; `null`: none. */
  readonly length: number | null;
  state: 'open' | 'done' | 'failed' = 'open';
  error: Error | null = null;
  /** The content so far; `null` for what no reader needs any more. */
  readonly chunks: (Uint8Array | null)[] = [];
  /** The first of the chunks that are in memory, and where it starts. */
  firstIndex = 0;
  firstStart = 0;
  total = 0;
  /** Whether another client can still get all of the content. */
  isJoinable = true;
  /** Where readers get what is not in memory any more. */
  readonly spool: Spool | null;
  private readonly source: PushBody;
  private writer: CacheWriter | null;
  private readonly init: FillingInit;
  private readonly readers = new Set<FillingReader>();
  private isWaiting = false;
  private held = 0;
  private isCommitted = false;
  private isOver = false;

  constructor(init: FillingInit) {
    this.init = init;
    this.meta = init.meta;
    this.source = init.source;
    this.length = init.source.length;
    this.writer = init.writer;
    this.spool = init.writer?.spool ?? null;
    if (this.spool !== null) this.spool.onProgress = () => this.progressed(this.spool!);
  }

  /** Whether it has turned out to be too large for the store. */
  get isTooLarge(): boolean {
    return this.total > this.init.maxBytes;
  }

  /** Whether it will be found in the store, unless it fails. */
  get isStored(): boolean {
    return this.writer !== null || this.isCommitted;
  }

  start(): void {
    if (this.state === 'open') this.source.start(this);
  }

  /** All of the content is there already: a small answer of an upstream, or one that the application has made at once. */
  fillAtOnce(bytes: Uint8Array): void {
    this.total = bytes.byteLength;
    this.chunks.push(bytes);
    this.hold(bytes.byteLength);
    this.writer?.write(bytes);
    this.end();
  }

  /** All of the content as one piece, which can be sent with the head in one write; `null` if it came in several, or is still coming. */
  get whole(): Uint8Array | null {
    return this.state === 'done' && this.chunks.length === 1 ? this.chunks[0]! : null;
  }

  /** Returns a body with the bytes from `start` to `end`, that included; `null`: to the end. Each reader reads at its own pace. */
  open(start = 0, end: number | null = null): PushBody {
    const reader = new FillingReader(this, start, end);
    this.readers.add(reader);
    return reader;
  }

  write(chunk: Uint8Array, given = false): boolean {
    if (this.state !== 'open') return false;
    const own = given ? chunk : new Uint8Array(chunk);
    this.total += own.byteLength;
    this.chunks.push(own);
    if (this.total > this.init.maxBytes || !this.hold(own.byteLength)) this.passOn();
    else this.writer?.write(own);
    for (const reader of this.readers) reader.pump();
    return this.mayGoOn(); // false once nobody is left, so that the source stops
  }

  end(): void {
    if (this.state !== 'open') return;
    if (this.length !== null && this.total !== this.length) {
      this.fail(cacheError('CACHE_BODY_INCOMPLETE', `${this.total} of ${this.length} bytes`));
      return;
    }
    this.state = 'done';
    const { writer } = this;
    this.writer = null;
    this.isCommitted = writer !== null && this.init.mayCommit();
    if (!this.isCommitted) writer?.discard();
    const committed = this.isCommitted ? writer!.commit() : undefined;
    for (const reader of this.readers) reader.pump();
    if (committed === undefined) this.over();
    else void committed.then(() => this.over()); // until then others can join
  }

  fail(error: Error): void {
    if (this.state !== 'open') return;
    this.state = 'failed';
    this.error = error;
    this.writer?.discard();
    this.over();
  }

  /** A reader has moved on. */
  moved(): void {
    if (this.isJoinable || this.state !== 'open') return;
    this.trim();
    this.goOn();
  }

  /** A reader is not interested any more. What is stored is read to its end all the same. */
  left(reader: FillingReader, reason: Error): void {
    this.readers.delete(reader);
    if (this.readers.size > 0 || this.state !== 'open' || this.writer !== null) this.moved();
    else this.giveUp(reason);
    this.closeSpool();
  }

  /** The writer has written more, so that much less has to be in memory; or it has failed. */
  private progressed(spool: Spool): void {
    if (spool.hasFailed && this.writer !== null && this.state === 'open') this.passOn();
    this.drop(spool.readable);
    this.goOn();
  }

  private drop(readable: number): void {
    for (; this.firstIndex < this.chunks.length; this.firstIndex++) {
      const { byteLength } = this.chunks[this.firstIndex]!;
      if (this.firstStart + byteLength > readable) break;
      this.chunks[this.firstIndex] = null;
      this.firstStart += byteLength;
      const released = Math.min(this.held, byteLength);
      this.held -= released;
      this.init.budget.left += released;
    }
  }

  private goOn(): void {
    if (!this.isWaiting || !this.mayGoOn()) return;
    this.isWaiting = false;
    this.source.resume();
  }

  private giveUp(reason: Error): void {
    this.state = 'failed';
    this.error = reason;
    this.source.cancel(reason);
    this.over();
  }

  /** Whether there is memory for this many bytes more. With a spool there always is: the origin waits until they are written. */
  private hold(byteLength: number): boolean {
    const { budget } = this.init;
    if (!this.isJoinable || (this.spool === null && budget.left < byteLength)) return false;
    budget.left -= byteLength;
    this.held += byteLength;
    return true;
  }

  private release(): void {
    this.init.budget.left += this.held;
    this.held = 0;
  }

  private over(): void {
    this.writer = null;
    this.isOver = true;
    this.release();
    this.init.onOver();
    for (const reader of this.readers) reader.pump();
    if (this.state === 'failed') this.chunks.length = 0;
    this.closeSpool();
  }

  /** Who has waited for the answer opens it in the same turn, so the end of the turn shows whether anybody reads. */
  private closeSpool(): void {
    if (this.spool === null || !this.isOver || this.readers.size > 0) return;
    setImmediate(() => {
      if (this.readers.size === 0) this.spool!.close();
    });
  }

  /** The content is not stored: what all readers have taken is let go of. */
  private passOn(): void {
    this.writer?.discard();
    this.writer = null;
    this.release();
    this.isJoinable = false;
    if (this.readers.size === 0) this.giveUp(cacheError('CACHE_BODY_INCOMPLETE', 'nobody waits for it'));
    else this.trim();
  }

  private trim(): void {
    let needed = this.chunks.length;
    for (const { index } of this.readers) needed = Math.min(needed, index);
    for (; this.firstIndex < needed; this.firstIndex++) {
      this.firstStart += this.chunks[this.firstIndex]!.byteLength;
      this.chunks[this.firstIndex] = null;
    }
  }

  private mayGoOn(): boolean {
    if (this.state !== 'open') return false;
    if (this.isJoinable) this.isWaiting = this.spool !== null && this.mustWaitForDisk(this.spool);
    else {
      let behind = 0;
      for (let index = this.firstIndex; index < this.chunks.length; index++) behind += this.chunks[index]!.byteLength;
      this.isWaiting = behind > windowBytes;
    }
    return !this.isWaiting;
  }

  /** Less than a block need never become readable, so it is no reason to wait. */
  private mustWaitForDisk({ readable, blockBytes }: Spool): boolean {
    const unwritten = this.total - readable;
    return unwritten >= blockBytes && (unwritten > unwrittenBytes || this.init.budget.left <= 0);
  }
}
