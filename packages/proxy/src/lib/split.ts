import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HttpContext, Middleware } from '@windhover/core';
import { formatSetCookie } from '@windhover/http-semantics';
import { readCookie } from './balance/hash-key.ts';
import { chooseBranch } from './choose-branch.ts';
import { proxyError } from './proxy-error.ts';

/** What a request must have; `true` is any value. */
export interface BranchCondition {
  /** Values of header fields, by name. */
  readonly headers?: Readonly<Record<string, string | true>>;
  /** Values of cookies, by name. */
  readonly cookies?: Readonly<Record<string, string | true>>;
}

/** One way that requests may take. */
export interface Branch {
  /** The name in the cookie, and in messages. */
  readonly name: string;
  /** Its share of the requests that no condition decides about, compared with the others; 0 or more. Default: 0. */
  readonly weight?: number;
  /** Requests that have all of this take it, whatever its weight. Default: none do. */
  readonly when?: BranchCondition;
  /** Answers them. */
  readonly run: Middleware<HttpContext>;
}

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

/**
 * Sends shares of the requests different ways: a canary release, an experiment. Throws `PROXY_OPTION_INVALID` for
 * branches of which none has a weight, or that share a name.
 */
export function split(branches: readonly Branch[], options: SplitOptions = {}): Middleware<HttpContext> {
  checkBranches(branches);
  const { cookie = null, random = Math.random } = options;
  const tokens = new Map(branches.map(({ name }) => [name, tokenOf(name, options.secret)]));
  return function split(context, next) {
    const bound = cookie === null ? null : branchOf(context, cookie, tokens);
    const branch = chooseBranch(branches, context, bound, random());
    if (cookie !== null && branch.name !== bound && branch.when === undefined)
      context.onHead(({ headers }) =>
        headers.append('Set-Cookie', cookieFor(context, cookie, tokens.get(branch.name)!, options)),
      );
    return branch.run(context, next);
  };
}

function checkBranches(branches: readonly Branch[]): void {
  if (new Set(branches.map(({ name }) => name)).size < branches.length)
    throw proxyError('PROXY_OPTION_INVALID', 'branches: expected different names');
  if (!branches.some(({ weight = 0 }) => weight > 0))
    throw proxyError('PROXY_OPTION_INVALID', 'branches: expected at least one with a weight above 0');
}

/** The name, with a signature behind it if there is a secret. */
function tokenOf(name: string, secret: string | undefined): string {
  const plain = encodeURIComponent(name);
  if (secret === undefined) return plain;
  return `${plain}.${createHmac('sha256', `windhover split ${secret}`).update(name).digest('base64url').slice(0, 22)}`;
}

function branchOf({ request }: HttpContext, cookie: string, tokens: ReadonlyMap<string, string>): string | null {
  const sent = readCookie(request.headers.get('cookie'), cookie);
  if (sent === null) return null;
  for (const [name, token] of tokens) {
    const [one, other] = [Buffer.from(sent), Buffer.from(token)];
    if (one.length === other.length && timingSafeEqual(one, other)) return name;
  }
  return null;
}

function cookieFor({ client }: HttpContext, name: string, token: string, { maxAgeMs }: SplitOptions): string {
  const age = maxAgeMs === undefined ? {} : { maxAgeSeconds: Math.ceil(maxAgeMs / 1000) };
  return formatSetCookie(name, token, {
    path: '/',
    httpOnly: true,
    secure: client.scheme === 'https',
    sameSite: 'Lax',
    ...age,
  });
}
