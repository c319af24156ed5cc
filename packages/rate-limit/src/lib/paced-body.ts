import type { BodySink, Clock, PushBody } from '@windhover/core';
import type { Pace } from './pace.ts';
import type { ThrottleObserver } from './throttle-options.ts';

/** What a body needs besides its pace. */
export interface PaceSettings {
  readonly bytesPerSecond: number;
  readonly clock: Clock;
  readonly observer: ThrottleObserver | null;
}

/** A piece is at most what may be sent in this time, so that those who share a bandwidth take turns. In milliseconds. */
const turnMs = 50;
const leastPiece = 1024;

type HeaderInit = Parameters<BodySink['end']>[0];

/**
 * A body that is sent at a pace. It holds at most one chunk of the body inside, and asks that one to wait meanwhile. A piece is sent when its
 * time has come; the end is passed on once everything before it was sent.
 */
export class PacedBody implements PushBody, BodySink {
  readonly length: number | null;
  private readonly inner: PushBody;
  private readonly pace: Pace;
  private readonly settings: PaceSettings;
  private readonly pieceBytes: number;
  private sink: BodySink | null = null;
  /** What waits to be sent. */
  private rest: Uint8Array | null = null;
  /** Whether the time of the first piece of `rest` was asked for, and what cancels the wait. */
  private cancelWait: (() => void) | null = null;
  private isDue = false;
  /** Bytes whose time was taken and that were not sent. */
  private taken = 0;
  private isPaused = false;
  private isOver = false;
  private isEnded = false;
  private trailers: HeaderInit = undefined;

  constructor(inner: PushBody, pace: Pace, settings: PaceSettings) {
    this.length = inner.length;
    this.inner = inner;
    this.pace = pace;
    this.settings = settings;
    this.pieceBytes = Math.max(leastPiece, Math.floor((settings.bytesPerSecond * turnMs) / 1000));
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.inner.start(this);
  }

  pause(): void {
    this.isPaused = true;
    this.inner.pause();
  }

  resume(): void {
    this.isPaused = false;
    if (this.isOver) return;
    if (this.rest !== null || this.isEnded) this.send();
    else this.inner.resume();
  }

  cancel(reason: Error): void {
    if (this.isOver) return;
    this.finish();
    this.inner.cancel(reason);
  }

  write(chunk: Uint8Array, given = false): boolean {
    if (this.isOver) return false;
    const bytes = given ? chunk : new Uint8Array(chunk);
    this.rest = this.rest === null ? bytes : joined(this.rest, bytes); // a body that does not wait when it is asked to
    this.send();
    return !this.isOver && this.rest === null && !this.isPaused;
  }

  end(trailers?: HeaderInit): void {
    if (this.isOver) return;
    this.isEnded = true;
    this.trailers = trailers;
    if (this.rest === null) this.send();
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.finish();
    this.sink!.fail(error);
  }

  /** Sends what is due, and waits for the time of the next piece. */
  private send(): void {
    while (this.rest !== null && !this.isPaused && this.cancelWait === null) {
      const piece = this.rest.subarray(0, this.pieceBytes);
      if (!this.isDue && this.mustWait(piece.byteLength)) {
        this.inner.pause();
        return;
      }
      this.isDue = false;
      this.taken = 0;
      this.rest = piece.byteLength === this.rest.byteLength ? null : this.rest.subarray(piece.byteLength);
      if (!this.sink!.write(piece, true)) this.isPaused = true;
      if (this.isOver) return; // cancelled by the sink
    }
    if (this.rest !== null || this.isPaused) return;
    if (this.isEnded) {
      this.finish();
      this.sink!.end(this.trailers);
    }
  }

  private mustWait(bytes: number): boolean {
    const { clock, observer } = this.settings;
    const waitMs = Math.floor(this.pace.take(bytes, clock.now()));
    this.taken = bytes;
    if (waitMs === 0) return false; // a fraction is not worth a timer; the next piece waits for it
    observer?.waited(waitMs);
    this.cancelWait = clock.schedule(waitMs, () => {
      this.cancelWait = null;
      this.isDue = true;
      this.send();
      if (!this.isOver && this.rest === null && !this.isPaused && !this.isEnded) this.inner.resume();
    });
    return true;
  }

  private finish(): void {
    this.isOver = true;
    this.rest = null;
    this.pace.giveBack(this.taken); // otherwise clients that leave would use up the bandwidth of all
    this.taken = 0;
    this.cancelWait?.();
    this.cancelWait = null;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.byteLength + second.byteLength);
  all.set(first);
  all.set(second, first.byteLength);
  return all;
}
