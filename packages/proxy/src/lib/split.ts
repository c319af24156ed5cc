import type { HttpContext, Middleware } from '@windhover/core';
import { formatSetCookie } from '@windhover/http-semantics';
import { anyFunction, anyText, checkOptions, milliseconds, type Rules } from '@windhover/options';
import { readCookie } from './balance/hash-key.ts';
import type { Branch } from './branch.ts';
import { branchByWeight, branchThatAsks } from './choose-branch.ts';
import { cookieName } from './name-rules.ts';
import { needsSecure } from './needs-secure.ts';
import { proxyError } from './proxy-error.ts';
import { SplitTokens } from './split-tokens.ts';

/** Options of `split`. */
export interface SplitOptions {
  /** A cookie that keeps a client on the branch that it got. Default: each request is decided anew. */
  readonly cookie?: string;
  /** Signs the cookie, so that clients cannot choose. Default: they can. */
  readonly secret?: string;
  /** How long the cookie lives, in milliseconds. Default: until the browser is closed. */
  readonly maxAgeMs?: number;
  /** A number from 0 up to, not including, 1. Default: `Math.random`. */
  readonly random?: () => number;
}

const rules: Rules<SplitOptions> = {
  cookie: cookieName,
  secret: anyText,
  maxAgeMs: milliseconds('above 0'),
  random: anyFunction,
};

/**
 * Sends shares of the requests different ways: a canary release, an experiment. Throws `PROXY_OPTION_INVALID` for
 * branches of which none has a weight, or that share a name, and for options that cannot be used.
 */
export function split(branches: readonly Branch[], options: SplitOptions = {}): Middleware<HttpContext> {
  checkBranches(branches);
  checkOptions(options, rules, (fault) => proxyError('PROXY_OPTION_INVALID', fault));
  const { cookie = null, random = Math.random } = options;
  const tokens = new SplitTokens(branches, options.secret);
  if (cookie !== null) checkTokens(cookie, tokens);

  return function split(context, next) {
    const asks = branchThatAsks(branches, context);
    if (asks !== undefined) return asks.run(context, next);
    const bound = cookie === null ? null : tokens.nameOf(readCookie(context.request.headers.get('cookie'), cookie));
    const branch = branchByWeight(branches, bound, random());
    if (cookie !== null && branch.name !== bound) {
      const value = cookieFor(context, cookie, tokens.tokenOf(branch.name), options);
      context.onHead(({ headers }) => headers.append('Set-Cookie', value));
    }
    return branch.run(context, next);
  };
}

function checkBranches(branches: readonly Branch[]): void {
  if (branches.some(({ name }) => anyText.fault(name, '') !== null))
    throw proxyError('PROXY_OPTION_INVALID', 'branches: expected names that are texts');
  if (new Set(branches.map(({ name }) => name)).size < branches.length)
    throw proxyError('PROXY_OPTION_INVALID', 'branches: expected different names');
  if (branches.some(({ weight = 0 }) => !(Number.isFinite(weight) && weight >= 0)))
    throw proxyError('PROXY_OPTION_INVALID', 'branches: expected weights that are numbers from 0 on');
  if (!branches.some(({ weight = 0 }) => weight > 0))
    throw proxyError('PROXY_OPTION_INVALID', 'branches: expected at least one with a weight above 0');
}

/** Browsers drop a cookie of more than 4,096 characters. */
function checkTokens(cookie: string, tokens: SplitTokens): void {
  for (const token of tokens.all)
    if (cookie.length + token.length > 4096)
      throw proxyError('PROXY_OPTION_INVALID', 'branches: expected names that fit into a cookie');
}

function cookieFor({ client }: HttpContext, name: string, token: string, { maxAgeMs }: SplitOptions): string {
  const age = maxAgeMs === undefined ? {} : { maxAgeSeconds: Math.ceil(maxAgeMs / 1000) };
  const secure = client.scheme === 'https' || needsSecure(name);
  return formatSetCookie(name, token, { path: '/', httpOnly: true, secure, sameSite: 'Lax', ...age });
}
