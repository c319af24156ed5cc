import type { BodySink, PushBody } from '@windhover/core';
import type { BodyPlan, OpenedBody } from './body-rule-tools.ts';

/**
 * Opens a body that lends its chunks and overwrites each one afterwards, as a socket does. Use it to test a body that
 * wraps another one.
 */
export function openLentBody(plan: BodyPlan): OpenedBody {
  const body = new LentBody(plan);
  return { body, isReleased: () => body.isOver };
}

class LentBody implements PushBody {
  readonly length: number;
  isOver = false;
  private readonly chunks: Uint8Array[];
  private readonly failure: Error | null;
  private sink: BodySink | null = null;
  private isPaused = false;
  private isPushing = false;

  constructor({ chunks, failure }: BodyPlan) {
    this.length = chunks.reduce((length, chunk) => length + chunk.byteLength, 0);
    this.chunks = [...chunks];
    this.failure = failure;
  }

  start(sink: BodySink): void {
    if (this.sink !== null) throw new Error('start() was called twice');
    this.sink = sink;
    this.push(sink);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    if (this.sink !== null) this.push(this.sink);
  }

  cancel(): void {
    this.isOver = true;
  }

  private push(sink: BodySink): void {
    if (this.isPushing) return;
    this.isPushing = true;
    while (!this.isOver && !this.isPaused) this.step(sink);
    this.isPushing = false;
  }

  private step(sink: BodySink): void {
    const chunk = this.chunks.shift();
    if (chunk !== undefined) {
      const lent = new Uint8Array(chunk);
      const goesOn = sink.write(lent);
      lent.fill(0x2a);
      if (!goesOn) this.isPaused = true;
      return;
    }
    this.isOver = true;
    if (this.failure === null) sink.end();
    else sink.fail(this.failure);
  }
}
