import type { HttpContext, Middleware } from '@windhover/core';
import { anyFunction, checkOptions, type Rules, rule, withFunctions } from '@windhover/options';
import type { PurgeSelector } from './cache-store.ts';
import type { Cache } from './create-cache.ts';
import { cacheError, optionError } from './errors.ts';
import { purgeSelectors } from './purge-selectors.ts';

/** Options of `purgeRequests`. */
export interface PurgeRequestsOptions {
  /** Whether a request may purge: by its address, or by a token. Everybody can send one, so there is no default. */
  readonly isAllowed: (context: HttpContext) => boolean;
  /** Default: `PURGE`, as for Varnish and nginx. */
  readonly method?: string;
  /** Called for each purge, so that other processes can do the same. Default: nobody. */
  readonly onPurge?: (selector: PurgeSelector, soft: boolean) => void;
}

const rules: Rules<PurgeRequestsOptions> = {
  isAllowed: anyFunction,
  method: rule('a method', (value) => typeof value === 'string' && /^[A-Z]+$/.test(value)),
  onPurge: anyFunction,
};

/**
 * Lets clients that are allowed to empty a cache: `PURGE /a` removes the answers of a URL, `PURGE /a*` those of all that start so, and with
 * `Surrogate-Key: news` those with that tag, whatever the path. Answers with the number of answers that were removed in this process; 403 for everybody else.
 * Stands before the cache. Throws `CACHE_OPTION_INVALID`.
 */
export function purgeRequests(
  cache: Pick<Cache, 'purge' | 'urlOf'>,
  options: PurgeRequestsOptions,
): Middleware<HttpContext> {
  checkOptions(options, rules, optionError);
  if (withFunctions(['purge', 'urlOf']).fault(cache, 'cache') !== null)
    throw optionError('expected a cache from createCache()');
  const { isAllowed, method = 'PURGE', onPurge } = options;
  if (isAllowed === undefined) throw optionError('isAllowed is missing');
  return async function purgeRequest(context, next) {
    const { request, response } = context;
    if (request.method !== method) return next(context);
    if (!isAllowed(context)) throw cacheError('CACHE_PURGE_REFUSED', 'the client may not purge');
    const { selectors, soft } = purgeSelectors(cache.urlOf(context), request.headers);
    let purged = 0;
    for (const selector of selectors) {
      onPurge?.(selector, soft);
      purged += await cache.purge(selector, { soft });
    }
    response.headers.set('Content-Type', 'application/json');
    response.headers.set('Cache-Control', 'no-store');
    response.body = `${JSON.stringify({ purged })}\n`;
  };
}
