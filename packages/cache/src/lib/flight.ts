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

/**
 * One request to the origin that several clients may wait for. When it is over it lets go of everything: the tables of a `Map` with many additions and
 * removals keep what was removed alive until the next full garbage collection.
 */
export class Flight {
  /** Neighbours among the requests that are on their way; see `Flights`. */
  before: Flight | null = null;
  after: Flight | null = null;
  private settled: FlightOutcome | null = null;
  /** The answer while it arrives, also if nobody may wait for it any more. */
  private filling: Filling | null = null;
  private promise: Promise<FlightOutcome> | null = null;
  private resolve: ((outcome: FlightOutcome) => void) | null = null;
  private readonly url: string;
  private purges: PurgeSelector[] | null = null;
  private isOutdated = false;

  /** @param url see `CacheKey` */
  constructor(url: string) {
    this.url = url;
  }

  /** What comes of it. Never rejects. */
  get outcome(): FlightOutcome | Promise<FlightOutcome> {
    if (this.settled !== null) return this.settled;
    return (this.promise ??= new Promise((resolve) => {
      this.resolve = resolve;
    }));
  }

  settle(outcome: FlightOutcome): void {
    if (outcome.kind === 'filling') this.filling = outcome.filling;
    if (this.settled !== null) return;
    this.settled = outcome;
    this.resolve?.(outcome);
  }

  /** Whether another request may wait for the answer. */
  get isJoinable(): boolean {
    return this.settled === null
      ? !this.isOutdated
      : this.settled.kind === 'filling' && this.canShare(this.settled.filling);
  }

  /** Whether another request may get the answer that is arriving, all of it. */
  canShare({ isJoinable, state }: Filling): boolean {
    return !this.isOutdated && isJoinable && state !== 'failed';
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

  /** Nobody will join any more. Those who wait have their promise. */
  clear(): void {
    if (this.settled !== null) this.settled = over;
    this.promise = null;
    this.resolve = null;
    this.filling = null;
  }
}

const over: FlightOutcome = { kind: 'released' };
