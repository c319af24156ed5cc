import type { HttpClient } from '@windhover/http-client';
import { proxyError } from './proxy-error.ts';
import type { Upstream } from './upstream.ts';

type TimerWheel = HttpClient['wheel'];

/** A request that waits until an upstream has room. */
export interface Waiter {
  /** Resolves with an upstream that is already counted for it. Rejects with `PROXY_QUEUE_TIMEOUT`. */
  readonly turn: Promise<Upstream>;
  /** Leaves the queue: `turn` rejects with the reason. Does nothing after that. */
  leave(reason: Error): void;
}

interface Entry {
  readonly tried: readonly Upstream[];
  readonly take: (upstream: Upstream) => void;
}

/** Requests that wait for an upstream, the first one first. */
export class WaitQueue {
  private readonly entries = new Set<Entry>();
  private readonly label: () => string;
  private readonly max: number;
  private readonly timeoutMs: number;
  private readonly wheel: TimerWheel;

  /** @param label names the upstreams for errors */
  constructor(max: number, timeoutMs: number, wheel: TimerWheel, label: () => string) {
    this.label = label;
    this.max = max;
    this.timeoutMs = timeoutMs;
    this.wheel = wheel;
  }

  get isEmpty(): boolean {
    return this.entries.size === 0;
  }

  get length(): number {
    return this.entries.size;
  }

  /** Throws `PROXY_QUEUE_FULL`. */
  join(tried: readonly Upstream[]): Waiter {
    if (this.entries.size >= this.max) throw proxyError('PROXY_QUEUE_FULL', this.label());
    let leave: (reason: Error) => void = () => undefined;
    const turn = new Promise<Upstream>((resolve, reject) => {
      const deadline = this.wheel.createDeadline(() => leave(proxyError('PROXY_QUEUE_TIMEOUT', this.label())));
      const entry: Entry = {
        tried,
        take: (upstream) => {
          this.entries.delete(entry);
          deadline.dispose();
          resolve(upstream);
        },
      };
      leave = (reason) => {
        if (!this.entries.delete(entry)) return;
        deadline.dispose();
        reject(reason);
      };
      this.entries.add(entry);
      deadline.set(this.timeoutMs);
    });
    turn.catch(() => undefined); // a request that was aborted does not look at it
    return { turn, leave };
  }

  /** Gives an upstream to the first request that has not tried it. Returns whether there was one. */
  offer(upstream: Upstream): boolean {
    for (const entry of this.entries) {
      if (entry.tried.includes(upstream)) continue;
      entry.take(upstream);
      return true;
    }
    return false;
  }
}
