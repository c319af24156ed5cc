import type { Connection, Outcome, PushBody } from '@windhover/core';
import type { Deadline } from '@windhover/transport';
import { ClientProgress } from './client-progress.ts';
import type { Engine } from './engine.ts';
import { RateWatch } from './rate-watch.ts';
import type { BatchedWriter } from './write-batch.ts';

/** How often an answer that waits for its client is checked. */
const checkMs = 1000;

/** Why a connection ended before everything was sent. */
export interface Cut {
  readonly end: Outcome['end'];
  readonly error: Error;
  /** Bytes that the client did not get, as far as is known. */
  readonly unsentBytes: number;
}

/** An exchange whose answer is being sent. It is told the result once the last byte has left, or cannot. */
export interface AnsweredExchange {
  over(): void;
  sendFailed(cut: Cut): void;
}

/**
 * The writing side of a connection: sends answers together, detects slow clients, and knows when an answer has left.
 */
export class ResponseWriter implements BatchedWriter {
  /** Whether the client has to take something before more is written. */
  isFull = false;
  private readonly channel: Connection;
  private readonly engine: Engine;
  private readonly tooSlow: (unread: number | null) => void;
  /** Made when the client is slow for the first time; most clients never are. */
  private deadline: Deadline | null = null;
  private body: PushBody | null = null;
  private written = 0;
  private watch: RateWatch | null = null;
  private progress: ClientProgress | null = null;
  private isHeld = false;
  private isBatched = false;
  private isOver = false;
  private isLookingSoon = false;
  /** Answered exchanges whose last bytes the kernel has not taken yet. */
  private unsent: AnsweredExchange[] = [];

  constructor(channel: Connection, engine: Engine, tooSlow: (unread: number | null) => void) {
    this.channel = channel;
    this.engine = engine;
    this.tooSlow = tooSlow;
  }

  /** Returns false if the caller must wait for the drain. */
  write(chunk: string | Uint8Array, given?: boolean): boolean {
    this.written += chunk.length;
    const isOpen = this.channel.write(chunk, given);
    if (!isOpen) this.isFull = true;
    if (!isOpen && this.watch === null) this.startWatching();
    return isOpen;
  }

  /** Writes a whole answer. Answers that are decided in one turn are sent together, before `flush()` returns. */
  writeSoon(text: string, bytes?: Uint8Array): void {
    this.hold();
    this.write(text);
    if (bytes !== undefined) this.write(bytes, true);
    this.joinBatch();
  }

  /**
   * Writes a part of an answer. Parts of one turn are sent together, unless they are many bytes. Returns false if the
   * caller must wait for the drain.
   */
  writePart(chunk: string | Uint8Array, given?: boolean): boolean {
    this.hold();
    const isOpen = this.write(chunk, given);
    if (isOpen) this.joinBatch();
    else this.flush();
    return isOpen;
  }

  /** Everything written from now on is sent together with the next `writeSoon()` or `writePart()`. */
  hold(): void {
    if (this.isHeld) return;
    this.isHeld = true;
    this.channel.cork();
  }

  /** Called after the bytes are written, because the writer that fills a batch is flushed immediately. */
  private joinBatch(): void {
    if (this.isBatched) return;
    this.isBatched = true;
    this.engine.writes.add(this);
  }

  flush(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.isBatched = false;
    this.channel.uncork();
    this.settle();
  }

  /** A body is going to be sent at the client's pace. */
  startBody(body: PushBody): void {
    this.body = body;
  }

  /** An answer is completely written. */
  finished(exchange: AnsweredExchange | null): void {
    this.body = null;
    if (exchange !== null) this.unsent.push(exchange);
    if (!this.isHeld) this.settle();
  }

  drained(): void {
    this.isFull = false;
    this.body?.resume();
    this.settle();
  }

  /** Nothing more will be written. Answers that have not left count as failed if `cut` is not `null`. */
  close(cut: Cut | null): void {
    this.isOver = true;
    this.deadline?.dispose();
    for (const exchange of this.unsent.splice(0)) {
      if (cut === null) exchange.over();
      else exchange.sendFailed(cut);
    }
  }

  /** Whether answers wait for their bytes to leave. */
  get hasUnsent(): boolean {
    return this.unsent.length > 0;
  }

  /** Reports the answers as sent once the kernel has taken everything. */
  private settle(): void {
    if (this.isOver) return;
    if (this.channel.pendingBytes > 0) {
      if (this.watch === null) this.startWatching();
      if (this.unsent.length > 0) this.lookSoon();
    } else if (this.unsent.length > 0) {
      for (const exchange of this.unsent.splice(0)) exchange.over();
    }
  }

  /** Bytes that do not leave immediately have usually left by the next turn of the event loop. */
  private lookSoon(): void {
    if (this.isLookingSoon) return;
    this.isLookingSoon = true;
    setImmediate(() => {
      this.isLookingSoon = false;
      if (this.channel.pendingBytes === 0) this.settle();
    });
  }

  private startWatching(): void {
    if (this.isOver) return;
    const { minResponseBytesPerSecond: rate, responseGraceMs } = this.engine.limits;
    this.progress = null;
    this.watch = new RateWatch(rate ?? 0, responseGraceMs, this.takenBytes());
    this.watch.start(this.engine.wheel.now);
    this.deadline ??= this.engine.wheel.createDeadline(() => this.check());
    this.deadline.set(Math.min(checkMs, responseGraceMs));
  }

  private check(): void {
    const { watch, engine } = this;
    if (watch === null || this.channel.pendingBytes === 0) {
      this.watch = null; // the client is not slow: a new window begins with the next wait
      this.settle();
      return;
    }
    const { now } = engine.wheel;
    const taken = this.takenBytes();
    if (watch.isTooSlow(now, taken)) void this.judge(watch, now, taken);
    else if (watch.isBehind(now, taken)) void this.progressOfClient().note(now, taken);
    this.deadline?.set(Math.min(checkMs, engine.limits.responseGraceMs));
  }

  /** The kernel has taken too little for a whole window: checks how much the client has taken. */
  private async judge(watch: RateWatch, now: number, taken: number): Promise<void> {
    const { isTooSlow, unread } = await this.progressOfClient().judge(now, taken);
    if (isTooSlow && !this.isOver && this.watch === watch && this.takenBytes() === taken) this.tooSlow(unread);
  }

  private progressOfClient(): ClientProgress {
    const { minResponseBytesPerSecond, responseGraceMs } = this.engine.limits;
    this.progress ??= new ClientProgress(this.channel.info, minResponseBytesPerSecond ?? 0, responseGraceMs);
    return this.progress;
  }

  /** The number of bytes that the kernel has taken. */
  private takenBytes(): number {
    return this.written - this.channel.pendingBytes;
  }
}
