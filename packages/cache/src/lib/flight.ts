import type { HttpContext } from '@windhover/core';
import type { CacheEntry, CacheMeta } from './cache-entry.ts';
import { isSelected, type PurgeSelector } from './cache-store.ts';
import type { Filling } from './filling.ts';

/**
 * What came of asking the origin:
 * - `filling`: an answer that is stored, or shared at least, while it arrives
 * - `validated`: the stored answer is still right
 * - `stale`: the origin failed, and the stored answer may be used instead
 * - `pass`: an answer for the one who asked alone
 * - `failed`: none
 * - `released`: it takes too long; whoever waits should ask again
 */
export type FlightOutcome =
  | { readonly kind: 'filling'; readonly filling: Filling; readonly answer: HttpContext }
  | { readonly kind: 'validated' | 'stale'; readonly entry: CacheEntry }
  | { readonly kind: 'pass'; readonly answer: HttpContext; readonly detail: string }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'released' };

/** One request to the origin that several clients may wait for. */
export class Flight {
  /** Never rejects. */
  readonly outcome: Promise<FlightOutcome>;
  /** The answer while it arrives. */
  filling: Filling | null = null;
  private readonly url: string;
  private purges: PurgeSelector[] | null = null;
  private isOutdated = false;
  private resolve: (outcome: FlightOutcome) => void = () => undefined;

  /** @param url see `CacheKey` */
  constructor(url: string) {
    this.url = url;
    this.outcome = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  settle(outcome: FlightOutcome): void {
    if (outcome.kind === 'filling') this.filling = outcome.filling;
    this.resolve(outcome);
  }

  /** Whether another request may wait for the answer. */
  get isJoinable(): boolean {
    return !this.isOutdated && (this.filling === null || (this.filling.isJoinable && this.filling.state !== 'failed'));
  }

  /** The client whose exchange the origin works in has left: whoever waits must ask again. */
  abandoned(reason: Error): void {
    this.isOutdated = true;
    if (this.filling === null) this.settle({ kind: 'released' });
    else this.filling.fail(reason);
  }

  /** A purge happened: the answer may be older than the reason for it, so it is not stored. */
  purged(selector: PurgeSelector): void {
    (this.purges ??= []).push(selector);
    // Only the answer tells its tags.
    if ('tag' in selector) return;
    if ('all' in selector || ('url' in selector ? this.url === selector.url : this.url.startsWith(selector.prefix)))
      this.isOutdated = true;
  }

  isPurged(meta: CacheMeta): boolean {
    return this.purges?.some((selector) => isSelected(selector, meta)) ?? false;
  }
}
