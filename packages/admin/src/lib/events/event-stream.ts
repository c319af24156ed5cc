import type { BodySink, PushBody } from '@windhover/core';

/** A client that does not read as much as this many bytes is cut off: it may come again and read the lists anew. */
const maxPendingBytes = 256 * 1024;

/** The body of an answer that never ends: Server-Sent Events of one client. */
export class EventStream implements PushBody {
  readonly length = null;
  private readonly onEnd: () => void;
  private sink: BodySink | null = null;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private isPaused = false;
  private isOver = false;

  /** @param onEnd called once, however it ends */
  constructor(onEnd: () => void) {
    this.onEnd = onEnd;
  }

  send(text: string): void {
    if (this.isOver) return;
    const bytes = Buffer.from(text);
    this.waiting.push(bytes);
    this.waitingBytes += bytes.byteLength;
    if (this.waitingBytes > maxPendingBytes) this.fail(new Error('The client does not read its events'));
    else this.flush();
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.flush();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.flush();
  }

  cancel(): void {
    this.sink = null;
    this.over();
  }

  /** Ends the answer properly. */
  end(): void {
    if (this.isOver) return;
    const { sink } = this;
    this.over();
    sink?.end();
  }

  private fail(error: Error): void {
    const { sink } = this;
    this.over();
    sink?.fail(error);
  }

  private over(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.waiting = [];
    this.onEnd();
  }

  private flush(): void {
    while (!this.isPaused && this.sink !== null) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.waitingBytes -= next.byteLength;
      if (!this.sink.write(next, true)) this.isPaused = true;
    }
  }
}
