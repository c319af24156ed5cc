import { type Clock, type HttpContext, type Logger, systemClock } from '@windhover/core';
import {
  checkOptions,
  isRecord,
  milliseconds,
  oneOf,
  orNull,
  type Rule,
  type Rules,
  rule,
  trueOrFalse,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import { optionError } from './errors.ts';
import { createMemoryStore } from './memory-store.ts';
import type { RateLimitStore } from './rate-limit-store.ts';
import type { RateAlgorithm, RatePolicy } from './rate-policy.ts';

/**
 * What is counted together: the requests of one client address (IPv6 by network), of one user (by address while nobody is logged in), all
 * requests of a route, all requests, or those with the same value of a field (by address without one). A function returns the key; `null`
 * is not limited.
 */
export type RateLimitBy =
  | 'client'
  | 'user'
  | 'route'
  | 'all'
  | { readonly header: string }
  | ((context: HttpContext) => string | null);

/** Is told of every request that a limit has looked at. */
export interface RateLimitObserver {
  /** @param how `dry-run`: it would have been refused; `store-failed`: let in or refused without the store */
  decided(how: 'allowed' | 'delayed' | 'refused' | 'dry-run' | 'store-failed'): void;
}

/** Options of `rateLimit`. Times are in milliseconds. */
export interface RateLimitOptions {
  /** How many requests in `perMs`. */
  readonly requests: number;
  /** The time in which so many requests may come. */
  readonly perMs: number;
  /**
   * How many requests may come at once; after them one comes free every `perMs / requests`. Default: `requests`, so that a client which was
   * quiet may use its whole limit at once. Only for `token-bucket`.
   */
  readonly burst?: number;
  /**
   * How the rate is measured. `token-bucket`: evenly, with bursts; never more than `burst` and the rate in any time. `sliding-window`: the
   * last `perMs`, nearly. `fixed-window`: from the first request on. Default: `token-bucket`.
   */
  readonly algorithm?: RateAlgorithm;
  /** What is counted together. Default: `client`. */
  readonly by?: RateLimitBy;
  /** How many leading bits of an IPv6 address are one client. Default: 64, the least that a subscriber has (RFC 6177). */
  readonly ipv6Bits?: number;
  /** Whether requests that are refused count too, so that a client must slow down. Only for windows. Default: false. */
  readonly countsRefused?: boolean;
  /**
   * How many requests ahead of the even rate are let in at once; those after them wait for their time, so that a client is slowed and not
   * refused. `null`: nobody waits. Default: `null`. Only for `token-bucket`.
   */
  readonly delayAfter?: number | null;
  /**
   * What refused requests get: `answer` is an answer at once; `drop` closes the connection without one; `tarpit` keeps the client waiting for
   * `tarpitMs` first. Default: `answer`, the only one that tells an honest client what to do.
   */
  readonly refuse?: 'answer' | 'drop' | 'tarpit';
  /** Default: 10,000, long enough to slow a program that guesses passwords. At most 1,000 requests are kept waiting; the rest are answered. */
  readonly tarpitMs?: number;
  /** The status of a refusal, 400 to 599. Default: 429 (RFC 6585 §4). */
  readonly status?: number;
  /** Whether limits are only counted and told of, and nothing is refused or delayed. Default: false. */
  readonly dryRun?: boolean;
  /** Whether answers have the fields RateLimit and RateLimit-Policy. Default: true. */
  readonly fields?: boolean;
  /** Its name in these fields, in the log and in a shared store. Default: `default`. */
  readonly name?: string;
  /** What a request counts as; 0 is not limited. Default: 1. */
  readonly cost?: (context: HttpContext) => number;
  /** Where the counts are. Default: the memory of this process. */
  readonly store?: RateLimitStore;
  /**
   * What happens while the store cannot be reached: `local` counts in this process, `open` lets everything in, `closed` refuses everything
   * with 503. Default: `local`: a limit holds at least for each server.
   */
  readonly onStoreError?: 'local' | 'open' | 'closed';
  /** How long the store may take. Default: 250; a limit must not slow requests down more than what it protects. */
  readonly storeTimeoutMs?: number;
  /** Is told of every decision, for metrics. Default: nobody. */
  readonly observer?: RateLimitObserver;
  /**
   * Aborts when the server begins to stop: requests that are kept waiting go on at once, so that the stop does not wait for them. `stopping` of
   * a server. Default: never.
   */
  readonly stopping?: AbortSignal;
  /** Hears when requests begin to be refused, and of trouble with the store, each at most once a minute. Default: the console. */
  readonly log?: Logger;
  /** The time and timers. Default: the system's. */
  readonly clock?: Clock;
}

/** Options with defaults filled in. */
export interface ResolvedRateLimit {
  readonly policy: RatePolicy;
  readonly by: RateLimitBy;
  readonly ipv6Bits: number;
  readonly delayAfter: number;
  readonly refuse: 'answer' | 'drop' | 'tarpit';
  readonly tarpitMs: number;
  readonly status: number;
  readonly dryRun: boolean;
  readonly fields: boolean;
  readonly name: string;
  readonly cost: ((context: HttpContext) => number) | null;
  readonly store: RateLimitStore;
  readonly local: RateLimitStore;
  readonly onStoreError: 'local' | 'open' | 'closed';
  readonly storeTimeoutMs: number;
  readonly observer: RateLimitObserver | null;
  readonly stopping: AbortSignal | null;
  readonly log: Logger;
  readonly clock: Clock;
}

const fieldName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const byRule: Rule = rule(
  "'client', 'user', 'route', 'all', { header: 'x-api-key' } or a function",
  (value) =>
    typeof value === 'function' ||
    ['client', 'user', 'route', 'all'].includes(value as string) ||
    (isRecord(value) &&
      Object.keys(value).join() === 'header' &&
      typeof value['header'] === 'string' &&
      fieldName.test(value['header'])),
);

const optionRules: Rules<RateLimitOptions> = {
  requests: wholeNumber(1),
  perMs: milliseconds('above 0'),
  burst: wholeNumber(1),
  algorithm: oneOf('token-bucket', 'sliding-window', 'fixed-window'),
  by: byRule,
  ipv6Bits: wholeNumber(1, 128),
  countsRefused: trueOrFalse,
  delayAfter: orNull(wholeNumber(0)),
  refuse: oneOf('answer', 'drop', 'tarpit'),
  tarpitMs: milliseconds('above 0'),
  status: wholeNumber(400, 599),
  dryRun: trueOrFalse,
  fields: trueOrFalse,
  // It stands in quotes in a field (RFC 9651 §3.3.3).
  name: rule(
    'a text of letters, digits, spaces and . _ - / :',
    (value) => typeof value === 'string' && /^[\w .\-/:]{1,100}$/.test(value),
  ),
  cost: rule('a function', (value) => typeof value === 'function'),
  store: withFunctions(['consume']),
  onStoreError: oneOf('local', 'open', 'closed'),
  storeTimeoutMs: milliseconds('above 0'),
  observer: withFunctions(['decided']),
  stopping: withFunctions(['addEventListener', 'removeEventListener'], 'an AbortSignal'),
  log: withFunctions(['debug', 'info', 'warn', 'error']),
  clock: withFunctions(['now', 'schedule']),
};

/** Returns the policy of a limit, for whoever shares its store. Throws `RATE_LIMIT_OPTION_INVALID`. */
export function ratePolicy(options: RateLimitOptions): RatePolicy {
  return resolveRateLimit(options).policy;
}

/** Checks the options and fills in the defaults. Throws `RATE_LIMIT_OPTION_INVALID`. */
export function resolveRateLimit(options: RateLimitOptions): ResolvedRateLimit {
  checkOptions(options, optionRules, refuse);
  for (const name of ['requests', 'perMs'] as const)
    if (options[name] === undefined) throw refuse(`${name}: expected ${optionRules[name].expected}, found nothing`);
  const { requests, perMs, algorithm = 'token-bucket', delayAfter = null, countsRefused = false } = options;
  if (algorithm === 'token-bucket' ? countsRefused : options.burst !== undefined || delayAfter !== null)
    throw refuse(
      algorithm === 'token-bucket'
        ? 'countsRefused: only windows can count what they refuse: set algorithm to sliding-window'
        : `burst and delayAfter: only a token-bucket has them, found algorithm ${algorithm}`,
    );
  const { clock = systemClock } = options;
  const local = createMemoryStore({ clock });
  return {
    policy: { algorithm, requests, perMs, burst: options.burst ?? requests, countsRefused },
    by: options.by ?? 'client',
    ipv6Bits: options.ipv6Bits ?? 64,
    delayAfter: delayAfter ?? Number.POSITIVE_INFINITY,
    refuse: options.refuse ?? 'answer',
    tarpitMs: options.tarpitMs ?? 10_000,
    status: options.status ?? 429,
    dryRun: options.dryRun ?? false,
    fields: options.fields ?? true,
    name: options.name ?? 'default',
    cost: options.cost ?? null,
    store: options.store ?? local,
    local,
    onStoreError: options.onStoreError ?? 'local',
    storeTimeoutMs: options.storeTimeoutMs ?? 250,
    observer: options.observer ?? null,
    stopping: options.stopping ?? null,
    log: options.log ?? console,
    clock,
  };
}

function refuse(fault: string): Error {
  return optionError(`rateLimit(): ${fault}`);
}
