import type { HttpContext } from '@windhover/core';
import type { CacheSettings } from './cache-options.ts';
import { decideReuse, freshForMs } from './decide-reuse.ts';
import { isBypassed, questionOf, selectEntry } from './question.ts';

/** What a cache would do with a request now. */
export interface LookUp {
  /**
   * - `bypass`: the cache has nothing to do with it
   * - `hit`, `stale`: it is answered from the store
   * - `revalidate`: the origin is asked whether the stored answer is still right
   * - `miss`: the origin is asked
   * - `unknown`: a store must be asked that answers later
   */
  readonly kind: 'unknown' | 'bypass' | 'hit' | 'stale' | 'revalidate' | 'miss';
  /** The URL and what else the answer is stored by; `''` for `bypass`. */
  readonly key: string;
  /** How long the stored answer is fresh, in milliseconds; negative: since when it is stale. 0 without one. */
  readonly freshForMs: number;
}

/** Says what a cache would do, without a change to it. */
export function lookUp(context: Pick<HttpContext, 'request' | 'client'>, settings: CacheSettings): LookUp {
  const { request } = context;
  const question =
    isBypassed(request, settings) || settings.when?.(request) === false ? null : questionOf(context, settings);
  if (question === null) return { kind: 'bypass', key: '', freshForMs: 0 };
  const entries = settings.store.get(question.key);
  const answersLater = entries instanceof Promise || settings.store.getAll !== undefined;
  const entry = entries instanceof Promise ? null : selectEntry(question, entries);
  if (entry === null) return { kind: answersLater ? 'unknown' : 'miss', key: question.key, freshForMs: 0 };
  const nowMs = settings.clock.now();
  const reuse = decideReuse(entry.meta, question.cacheControl, nowMs);
  const kind = reuse === 'fresh' ? 'hit' : reuse === 'revalidate' ? reuse : 'stale';
  return { kind, key: question.key, freshForMs: freshForMs(entry.meta, nowMs) };
}
