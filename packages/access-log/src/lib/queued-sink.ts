import type { Clock, Logger } from '@windhover/core';
import { BatchQueue } from './batch-queue.ts';
import type { BatchTarget } from './batch-target.ts';
import type { LineSink } from './line-sink.ts';
import { Trouble } from './trouble.ts';

/** How long a line waits for others, in milliseconds: nobody who follows a log notices, and a write has many lines. */
const gatherMs = 100;

/** How long to wait after a failure before the next attempt. */
const retryMs = 1000;

/** What sinks need from their surroundings. */
export interface SinkServices {
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Gathers lines and writes them to a target, one write at a time. What cannot be written waits, up to a limit, and is
 * tried again.
 */
export class QueuedSink implements LineSink {
  private readonly target: BatchTarget;
  private readonly clock: Clock;
  private readonly queue = new BatchQueue();
  private readonly trouble: Trouble;
  private cancelTimer: (() => void) | null = null;
  private running: Promise<void> | null = null;
  /** The failure of the last attempt, until one succeeds. */
  private failure: unknown = null;
  private isClosed = false;

  constructor(target: BatchTarget, { clock, log }: SinkServices) {
    this.target = target;
    this.clock = clock;
    this.trouble = new Trouble(log, target.name);
  }

  write(line: string): void {
    if (this.isClosed || !this.queue.add(line)) {
      this.trouble.dropped();
      return;
    }
    if (this.queue.isWorthWriting && this.failure === null) this.start();
    else this.startIn(gatherMs);
  }

  async flush(): Promise<void> {
    await this.running; // it may have taken its last batch before the last line came
    await this.start();
    if (this.failure !== null) throw this.failure;
  }

  reopen(): void {
    this.target.reopen();
    void this.start();
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    await this.flush().catch(() => undefined); // the trouble is told already
    this.isClosed = true;
    this.stopTimer();
    this.trouble.closed(this.queue.lines);
    await this.target.close().catch((error: unknown) => this.trouble.failed(error));
  }

  /** Writes everything at once, for the `exit` event of the process, when nothing asynchronous runs any more. */
  writeNow(): void {
    for (let batch = this.queue.take(); batch !== undefined; batch = this.queue.take()) this.target.writeNow(batch);
  }

  private startIn(delayMs: number): void {
    if (this.cancelTimer !== null || this.running !== null) return;
    this.cancelTimer = this.clock.schedule(delayMs, () => {
      this.cancelTimer = null;
      void this.start();
    });
  }

  private stopTimer(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
  }

  /** Writes everything that waits. Never rejects. */
  private start(): Promise<void> {
    this.stopTimer();
    this.running ??= this.writeAll().finally(() => {
      this.running = null;
      if (this.queue.isEmpty || this.isClosed) return;
      this.startIn(this.failure === null ? gatherMs : retryMs);
    });
    return this.running;
  }

  private async writeAll(): Promise<void> {
    try {
      await this.target.open();
      for (let batch = this.queue.take(); batch !== undefined; batch = this.queue.take()) {
        try {
          await this.target.write(batch);
        } catch (error) {
          this.queue.putBack(batch);
          throw error;
        }
        this.queue.release(batch);
        this.trouble.written(this.queue.isRelaxed);
      }
      this.failure = null;
    } catch (error) {
      this.failure = error;
      this.trouble.failed(error);
    }
  }
}
