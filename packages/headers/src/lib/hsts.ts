import type { HttpContext, Middleware } from '@windhover/core';
import { checkOptions, milliseconds, type Rules, trueOrFalse } from '@windhover/options';
import { headersError } from './errors.ts';

/** How `hsts` tells browsers to ask over HTTPS only. */
export interface HstsOptions {
  /** Milliseconds for which a browser remembers it. Default: a year, the least that preload lists take. 0 makes it forget. */
  readonly maxAgeMs?: number;
  /** Whether it holds for every name below the host. Default: false, because one of them may not have HTTPS yet. */
  readonly includeSubDomains?: boolean;
  /**
   * Whether browsers may build the host into their lists (hstspreload.org), which takes months to undo. Needs
   * `includeSubDomains` and a year. Default: false.
   */
  readonly preload?: boolean;
}

const yearMs = 365 * 24 * 60 * 60 * 1000;

const optionRules: Rules<HstsOptions> = {
  maxAgeMs: milliseconds('from 0 on'),
  includeSubDomains: trueOrFalse,
  preload: trueOrFalse,
};

/**
 * Sets `Strict-Transport-Security` (RFC 6797) on every answer over HTTPS, errors too, unless the application has set it.
 * Over HTTP it sets nothing, since browsers ignore it there (§7.2). Throws `HEADERS_OPTION_INVALID`.
 */
export function hsts(options: HstsOptions = {}): Middleware<HttpContext> {
  checkOptions(options, optionRules, (fault) => headersError('HEADERS_OPTION_INVALID', `hsts(): ${fault}`));
  const { maxAgeMs = yearMs, includeSubDomains = false, preload = false } = options;
  if (preload && (!includeSubDomains || maxAgeMs < yearMs))
    throw headersError('HEADERS_OPTION_INVALID', 'hsts(): preload needs includeSubDomains, and a maxAgeMs of a year');
  const directives = [
    `max-age=${Math.floor(maxAgeMs / 1000)}`,
    includeSubDomains && 'includeSubDomains',
    preload && 'preload',
  ];
  const value = directives.filter((directive) => directive !== false).join('; ');
  return function hsts(context, next) {
    if (context.client.scheme === 'https')
      context.onHead(({ headers }) => {
        if (!headers.has('Strict-Transport-Security')) headers.set('Strict-Transport-Security', value);
      });
    return next(context);
  };
}
