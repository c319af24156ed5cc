import assert from 'node:assert/strict';
import type { BodySink, PushBody } from '@windhover/core';

/** One rule of the `PushBody` contract, to run against a kind of body. */
export interface PushBodyRule {
  readonly name: string;
  run(open: OpenBody): Promise<void>;
}

/** What the source of a body should do. */
export interface BodyPlan {
  /** The bytes to give, in these chunks. */
  readonly chunks: readonly Uint8Array[];
  /** The error after them; `null` for an orderly end. */
  readonly failure: Error | null;
}

/** A body under test, not started yet. */
export interface OpenedBody {
  readonly body: PushBody;
  /** Whether its source was released: it has ended or was cancelled. */
  isReleased(): boolean;
}

/** Opens the kind of body under test. If its source lends chunks, it should overwrite them afterwards. */
export type OpenBody = (plan: BodyPlan) => OpenedBody | Promise<OpenedBody>;

const pieces = ['one ', 'two ', 'x'.repeat(5000), ' three', ' four'];

/** A source that gives chunks of different sizes and ends in order. */
export const somePieces: BodyPlan = { chunks: pieces.map((text) => new TextEncoder().encode(text)), failure: null };
export const nothing: BodyPlan = { chunks: [], failure: null };
export const wholeText = pieces.join('');

/** A sink that records all calls. `check()` reports wrong calls, because bodies catch errors that a sink throws. */
export class SinkRecorder implements BodySink {
  readonly calls: ('write' | 'end' | 'fail')[] = [];
  error: Error | null = null;
  private readonly chunks: Uint8Array[] = [];
  private readonly onWrite: () => boolean;
  private isInside = false;
  private readonly problems: string[] = [];

  constructor(onWrite: () => boolean = () => true) {
    this.onWrite = onWrite;
  }

  get text(): string {
    return this.chunks.map((chunk) => new TextDecoder('latin1').decode(chunk)).join('');
  }

  get isOver(): boolean {
    return this.calls.at(-1) === 'end' || this.calls.at(-1) === 'fail';
  }

  write(chunk: Uint8Array): boolean {
    this.note('write');
    this.chunks.push(new Uint8Array(chunk));
    this.isInside = true;
    const goesOn = this.onWrite();
    this.isInside = false;
    return goesOn;
  }

  end(): void {
    this.note('end');
  }

  fail(error: Error): void {
    this.note('fail');
    this.error = error;
  }

  /** Asserts that every call was in order, and that the body ended in order with all its bytes. */
  checkWhole(text = wholeText): void {
    this.check();
    assert.equal(this.error, null);
    assert.equal(this.calls.at(-1), 'end');
    assert.equal(this.text, text);
  }

  check(): void {
    assert.deepEqual(this.problems, []);
  }

  private note(call: 'write' | 'end' | 'fail'): void {
    if (this.isInside) this.problems.push(`${call}() was called inside of write()`);
    if (this.isOver) this.problems.push(`${call}() was called after ${this.calls.at(-1)}()`);
    this.calls.push(call);
  }
}

/** Waits a few turns of the event loop: enough for a body to give its bytes, so that "nothing came" means something. */
export async function rest(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits until the body has ended or failed: long enough for one that works in threads, on a busy machine. */
export async function over(sink: SinkRecorder): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!sink.isOver) {
    assert.ok(Date.now() < deadline, `the body neither ended nor failed, after ${sink.calls.join(', ') || 'no call'}`);
    await rest();
  }
}

/** Asserts that the sink gets no calls for now. */
export async function silent(sink: SinkRecorder): Promise<void> {
  const before = sink.calls.length;
  await rest();
  assert.deepEqual(sink.calls.slice(before), []);
}
