import type { HttpContext, Middleware } from '@windhover/core';
import { isOriginOfHost } from '@windhover/http-semantics';
import { checkOptions, listOf, type Rules, rule, trueOrFalse } from '@windhover/options';
import { optionError, sessionError } from './errors.ts';

/** Options of `refuseCrossSite`. */
export interface CrossSiteOptions {
  /** Websites that may send requests, as origins: `https://app.example.com`. Default: none but the host itself. */
  readonly origins?: readonly string[];
  /** Whether other hosts of the same site may too, such as its subdomains. Default: false. */
  readonly allowsSameSite?: boolean;
}

const isOrigin = (value: unknown): boolean => typeof value === 'string' && /^https?:\/\/[^/?#\s]+$/.test(value);
const optionRules: Rules<CrossSiteOptions> = {
  origins: listOf('origins', rule('an origin such as https://app.example.com', isOrigin)),
  allowsSameSite: trueOrFalse,
};

/** Methods that change nothing (RFC 9110 §9.2.1). */
const safe = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Refuses requests that another website has made its visitor's browser send (CSRF), with 403: browsers say so in Sec-Fetch-Site, and older
 * ones in Origin. Requests without either come from programs and pass; they have no cookies of a victim. Needs no token in forms. Throws
 * `SESSION_OPTION_INVALID` when it is created.
 */
export function refuseCrossSite(options: CrossSiteOptions = {}): Middleware<HttpContext> {
  checkOptions(options, optionRules, (fault) => optionError(`refuseCrossSite(): ${fault}`));
  const { origins = [], allowsSameSite = false } = options;
  return function refuseCrossSite(context, next) {
    const from = crossSiteOrigin(context, origins, allowsSameSite);
    if (from !== null) throw sessionError('SESSION_CROSS_SITE', from);
    return next(context);
  };
}

/** Returns who has sent a request that must be refused; `null` if it may pass. */
export function crossSiteOrigin(
  { request, client }: Pick<HttpContext, 'request' | 'client'>,
  origins: readonly string[],
  allowsSameSite: boolean,
): string | null {
  if (safe.has(request.method)) return null;
  const origin = request.headers.get('origin');
  if (origin !== undefined && origins.includes(origin)) return null;
  const site = request.headers.get('sec-fetch-site');
  if (site !== undefined) {
    const mayPass = site === 'same-origin' || site === 'none' || (allowsSameSite && site === 'same-site');
    return mayPass ? null : (origin ?? site);
  }
  if (origin === undefined) return null;
  return isOriginOfHost(origin, client.host, client.hostPort) ? null : origin;
}
