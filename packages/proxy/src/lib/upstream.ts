import type { Logger } from '@windhover/core';
import type { Origin } from '@windhover/http-client';
import type { UpstreamHealth } from './upstream-choice.ts';

/** One upstream, and whether it can be reached. */
export class Upstream implements UpstreamHealth {
  readonly origin: Origin;
  restsUntil = 0;
  private readonly restMs: number;
  private readonly log: Logger | undefined;
  /** Requests that found it unreachable, since it was reached last. */
  private failures = 0;

  /** @param restMs how long it is passed over when it could not be reached; then one request finds out whether it is back */
  constructor(origin: Origin, restMs: number, log: Logger | undefined) {
    this.origin = origin;
    this.restMs = restMs;
    this.log = log;
  }

  /** Whether it could not be reached when it was last tried. */
  get isDown(): boolean {
    return this.failures > 0;
  }

  /** A request tries it. If it was down the others pass over it meanwhile: connecting to a silent one takes seconds. */
  tried(now: number): void {
    if (this.failures > 0) this.restsUntil = now + this.restMs;
  }

  reached(): void {
    if (this.failures === 0) return;
    this.log?.info('An upstream is back', { upstream: this.origin.key, failures: this.failures });
    this.failures = 0;
    this.restsUntil = 0;
  }

  notReached(now: number, error: unknown): void {
    this.failures += 1;
    this.restsUntil = now + this.restMs;
    if (this.failures === 1) this.log?.warn('An upstream cannot be reached', { upstream: this.origin.key, error });
  }
}
