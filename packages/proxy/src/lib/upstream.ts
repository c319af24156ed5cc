import type { Logger } from '@windhover/core';
import type { Origin } from '@windhover/http-client';
import type { UpstreamHealth } from './upstream-choice.ts';

/** One upstream, and whether it can be reached. */
export class Upstream implements UpstreamHealth {
  readonly origin: Origin;
  restsUntil = 0;
  private readonly restMs: number;
  private readonly log: Logger | undefined;
  private readonly onChange: ((address: string, isUp: boolean) => void) | undefined;
  /** Failed attempts since it was last reached. */
  private failures = 0;

  /** @param restMs how long it is skipped when unreachable; then one request checks whether it is back */
  constructor(
    origin: Origin,
    restMs: number,
    log: Logger | undefined,
    onChange?: (address: string, isUp: boolean) => void,
  ) {
    this.origin = origin;
    this.restMs = restMs;
    this.log = log;
    this.onChange = onChange;
  }

  /** Whether the last attempt failed to reach it. */
  get isDown(): boolean {
    return this.failures > 0;
  }

  /**
   * Call when a request tries it. If it was down, other requests skip it meanwhile, because connecting to a silent one
   * takes seconds.
   */
  tried(now: number): void {
    if (this.failures > 0) this.restsUntil = now + this.restMs;
  }

  reached(): void {
    if (this.failures === 0) return;
    this.log?.info('An upstream is back', { upstream: this.origin.key, failures: this.failures });
    this.failures = 0;
    this.restsUntil = 0;
    this.onChange?.(this.origin.key, true);
  }

  notReached(now: number, error: unknown): void {
    this.failures += 1;
    this.restsUntil = now + this.restMs;
    if (this.failures > 1) return;
    this.log?.warn('An upstream cannot be reached', { upstream: this.origin.key, error });
    this.onChange?.(this.origin.key, false);
  }
}
