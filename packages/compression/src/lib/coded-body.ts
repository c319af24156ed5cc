import { type BodySink, disposeBody, type HeaderInit, type PushBody } from '@windhover/core';
import { toError } from '@windhover/core/engine';
import { BodyOutput } from './body-output.ts';
import type { Coder, CoderEvents } from './codec.ts';

/**
 * A body that passes another one through a coder while it is read. It stops its source while the reader or the coder
 * has enough, so it never holds more than a few chunks.
 */
export abstract class CodedBody implements PushBody, BodySink, CoderEvents {
  readonly length = null;
  protected readonly source: PushBody;
  protected readonly output = new BodyOutput();
  protected coder: Coder | null = null;
  /** Whether the source and the coder have been left: all that may follow is output that waits. */
  protected isOver = false;
  private isSourceWaiting = false;
  private isCoderFull = false;

  constructor(source: PushBody) {
    this.source = source;
  }

  start(sink: BodySink): void {
    this.output.start(sink);
    if (this.isOver) return;
    try {
      this.source.start(this);
    } catch (error) {
      this.fail(toError(error));
    }
  }

  pause(): void {
    this.output.pause();
    this.coder?.pause();
  }

  resume(): void {
    this.output.resume();
    this.goOn();
  }

  cancel(reason: Error): void {
    this.output.stop();
    if (this.isOver) return;
    this.close();
    disposeBody(this.source, reason);
  }

  write(chunk: Uint8Array, given = false): boolean {
    if (this.isOver) return false;
    this.take(given ? chunk : new Uint8Array(chunk)); // the coder may read it later, in another thread
    this.isSourceWaiting = this.isOver || this.isCoderFull || this.output.isWaiting;
    return !this.isSourceWaiting;
  }

  abstract end(trailers?: HeaderInit): void;

  fail(error: Error): void {
    if (this.isOver) return;
    this.close();
    this.output.fail(error);
  }

  coded(chunk: Uint8Array): void {
    this.output.push(chunk);
    if (this.output.isWaiting) this.coder?.pause();
  }

  drained(): void {
    this.isCoderFull = false;
    this.goOn();
  }

  abstract finished(): void;

  broken(error: Error): void {
    if (this.isOver) return;
    disposeBody(this.source, error);
    this.fail(error);
  }

  /** Takes a chunk of the source, which is given. */
  protected abstract take(chunk: Uint8Array): void;

  protected feed(coder: Coder, chunk: Uint8Array): void {
    if (!coder.write(chunk)) this.isCoderFull = true;
  }

  protected finish(trailers: HeaderInit | undefined): void {
    this.close();
    this.output.end(trailers);
  }

  /** Frees the coder. */
  protected close(): void {
    this.isOver = true;
    this.coder?.close();
  }

  private goOn(): void {
    if (this.isOver || this.output.isWaiting) return;
    this.coder?.resume();
    if (!this.isSourceWaiting || this.isCoderFull) return;
    this.isSourceWaiting = false;
    this.source.resume();
  }
}
