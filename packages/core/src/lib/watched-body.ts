import type { BodySink, PushBody } from './body.ts';
import { disposeBody } from './dispose-body.ts';
import type { HeaderInit } from './header-init.ts';
import { toError } from './to-error.ts';

/** Is told, once, how a body ended. */
export interface BodyWatcher {
  /** @param error why the body failed; `undefined` if it is complete */
  bodyEnded(bytes: number, error?: Error): void;
  /** The reader has cancelled the body. */
  bodyCancelled(bytes: number, reason: Error): void;
}

/** Wraps a body and tells a watcher how it ended, for code that passes a body on. */
export class WatchedBody implements PushBody, BodySink {
  readonly length: number | null;
  private readonly inner: PushBody;
  private readonly watcher: BodyWatcher;
  private sink: BodySink | null = null;
  private failure: Error | null = null;
  private bytes = 0;
  private isOver = false;

  constructor(inner: PushBody, watcher: BodyWatcher) {
    this.length = inner.length;
    this.inner = inner;
    this.watcher = watcher;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    if (this.failure !== null) sink.fail(this.failure);
    else {
      try {
        this.inner.start(this);
      } catch (error) {
        this.fail(toError(error));
      }
    }
  }

  pause(): void {
    this.inner.pause();
  }

  resume(): void {
    if (!this.isOver) this.inner.resume();
  }

  cancel(reason: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    disposeBody(this.inner, reason);
    this.watcher.bodyCancelled(this.bytes, reason);
  }

  /** Ends the body early. Its current or later reader gets the error. */
  cut(reason: Error): void {
    if (this.isOver) return;
    disposeBody(this.inner, reason);
    this.fail(reason);
  }

  write(chunk: Uint8Array, given?: boolean): boolean {
    if (this.isOver) return false;
    this.bytes += chunk.byteLength;
    return this.sink!.write(chunk, given);
  }

  end(trailers?: HeaderInit): void {
    if (this.isOver) return;
    this.isOver = true;
    this.sink!.end(trailers);
    this.watcher.bodyEnded(this.bytes);
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.failure = error;
    this.sink?.fail(error);
    this.watcher.bodyEnded(this.bytes, error);
  }
}
