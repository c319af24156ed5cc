import { type Clock, HttpError, type Logger } from '@windhover/core';
import { rateLimitErrors } from './errors.ts';
import { isPlausible } from './is-plausible.ts';
import type { ResolvedRateLimit } from './rate-limit-options.ts';
import type { RateDecision } from './rate-policy.ts';

/** How often the log hears that the store still fails. */
const toldEveryMs = 60_000;

/** Asks the store, and decides without it when it fails or takes too long. */
export class StoreCall {
  private readonly options: ResolvedRateLimit;
  private readonly clock: Clock;
  private readonly log: Logger;
  private failed = 0;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: ResolvedRateLimit) {
    this.options = options;
    this.clock = options.clock;
    this.log = options.log;
  }

  /** Returns `null` if the store has failed and `onStoreError` is not `local`. */
  consume(key: string, cost: number): RateDecision | null | Promise<RateDecision | null> {
    const { store, local, policy, name } = this.options;
    if (store === local) return local.consume(key, policy, cost);
    try {
      // Several limits may share a store.
      const decision = store.consume(`${name}:${key}`, policy, cost);
      return decision instanceof Promise ? this.inTime(decision, key, cost) : decision;
    } catch (error) {
      return this.storeFailed(error, key, cost);
    }
  }

  private inTime(pending: Promise<RateDecision>, key: string, cost: number): Promise<RateDecision | null> {
    return new Promise((resolve) => {
      let isOver = false;
      const once = (settle: () => void): void => {
        if (isOver) return;
        isOver = true;
        cancel();
        settle();
      };
      const late = (): void => {
        const { status, message } = rateLimitErrors.RATE_LIMIT_STORE_SLOW;
        const error = new HttpError(status, 'RATE_LIMIT_STORE_SLOW', message);
        once(() => resolve(this.storeFailed(error, key, cost)));
      };
      // If this process stood still, the answer is there, and is read before the immediate.
      const cancel = this.clock.schedule(this.options.storeTimeoutMs, () => void setImmediate(late));
      pending.then(
        (decision) =>
          once(() => {
            if (!isPlausible(decision, this.options.policy, cost)) {
              const { status, message } = rateLimitErrors.RATE_LIMIT_STORE_WRONG;
              const error = new HttpError(status, 'RATE_LIMIT_STORE_WRONG', message);
              return resolve(this.storeFailed(error, key, cost));
            }
            this.worked();
            return resolve(decision);
          }),
        (error) => once(() => resolve(this.storeFailed(error, key, cost))),
      );
    });
  }

  private worked(): void {
    if (this.failed === 0) return;
    this.log.info('The store of a rate limit works again', { limit: this.options.name, failed: this.failed });
    this.failed = 0;
    this.toldAt = Number.NEGATIVE_INFINITY;
  }

  private storeFailed(error: unknown, key: string, cost: number): RateDecision | null | Promise<RateDecision> {
    const { local, policy, onStoreError, name } = this.options;
    this.failed += 1;
    const now = this.clock.now();
    if (now - this.toldAt >= toldEveryMs) {
      this.toldAt = now;
      this.log.error('The store of a rate limit fails', { limit: name, onStoreError, failed: this.failed, error });
    }
    return onStoreError === 'local' ? local.consume(key, policy, cost) : null;
  }
}
