import type { Clock, Logger } from '@windhover/core';
import { parseOrigin } from '@windhover/http-client';
import {
  anyFunction,
  anyObject,
  anyText,
  checkOptions,
  milliseconds,
  type Rule,
  type Rules,
  rule,
  trueOrFalse,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import { type Balance, balanceNames } from './balance/create-balancer.ts';
import type { Discovery } from './discovery/discovery.ts';
import type { BreakerOptions } from './health/circuit-breaker.ts';
import type { EjectOptions } from './health/ejection.ts';
import type { HealthOptions } from './health/health-options.ts';
import { proxyError } from './proxy-error.ts';
import type { RetryOptions } from './retry-policy.ts';
import type { StickyOptions } from './sticky.ts';
import type { UpstreamServer } from './upstream-server.ts';

/** A bound on the requests that one upstream answers at a time. */
export interface ConnectionOptions {
  /** Requests at a time for each upstream, WebSockets included. */
  readonly max: number;
  /** How many more requests wait for their turn; the next one gets a 503. Default: 100. */
  readonly queue?: number;
  /** How long one waits until it gets a 503, in milliseconds. Default: 5,000. */
  readonly queueTimeoutMs?: number;
}

/** Options of `createUpstreams`. */
export interface UpstreamsOptions {
  /** The name of the upstreams in logs and metrics. Default: the address of the upstream that was tried. */
  readonly name?: string;
  /** How one of them is chosen. Default: `round-robin`. */
  readonly balance?: Balance;
  /** Keeps the requests of a client at one upstream. Default: off. */
  readonly sticky?: StickyOptions;
  /** A bound on the requests at a time. Default: none. */
  readonly connections?: ConnectionOptions;
  /**
   * Where more servers are looked up, from `start()` to `close()`: `discoverDns`, `discoverSrv`, `discoverFile`, or your
   * own. Default: nowhere.
   */
  readonly discover?: Discovery;
  /** Active checks. They run from `start()` to `close()`. Default: none. */
  readonly health?: HealthOptions;
  /** Takes upstreams out that fail too often. Default: off. */
  readonly eject?: EjectOptions;
  /** Refuses requests while most of them fail. Default: off. */
  readonly breaker?: BreakerOptions;
  /** Sends a request again elsewhere. Default: only when an upstream cannot be reached, until all were tried. */
  readonly retry?: RetryOptions;
  /**
   * How long an upstream that is new or back takes to get its full share, in milliseconds; it begins with a tenth.
   * Default: 0.
   */
  readonly slowStartMs?: number;
  /**
   * When a smaller share of them is available, all get requests, because the rest would only be overloaded. From 0 to
   * 1. Default: 0, only when none is available; Envoy's is 0.5.
   */
  readonly panicShare?: number;
  /**
   * Milliseconds for which an unreachable upstream is skipped, if there is another one; then one request tries it
   * again. Default: 10,000, as nginx's `fail_timeout`: an unanswered connection attempt costs a request up to three
   * seconds.
   */
  readonly restMs?: number;
  /** Log for upstreams that become unreachable, or reachable again. Default: none. */
  readonly log?: Logger;
  /** Is called when an upstream can no longer be used, and when it is back, with its address. Default: nobody is told. */
  readonly onUpstream?: (address: string, isUp: boolean) => void;
  /** The clock. Default: the system's. */
  readonly clock?: Clock;
  /** A number from 0 up to, not including, 1. Default: `Math.random`. */
  readonly random?: () => number;
}

const share = rule('a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1);
const numberAboveZero = rule('a number above 0', (value) => Number.isFinite(value) && (value as number) > 0);
const anything = rule('anything', () => true);
const texts = rule(
  'a list of texts',
  (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
);
const reason = /^(?:connect|reset|timeout|bad-response|5xx|[1-5]\d\d)$/;

const isHash = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  const { hash, boundedLoad } = value as { hash?: unknown; boundedLoad?: unknown };
  if (boundedLoad !== undefined && !(typeof boundedLoad === 'number' && boundedLoad > 1)) return false;
  if (hash === 'client' || hash === 'uri' || hash === 'path') return true;
  const { header, cookie } = Object(hash) as { header?: unknown; cookie?: unknown };
  return typeof header === 'string' || typeof cookie === 'string';
};

const rules: Rules<UpstreamsOptions> = {
  name: anyText,
  balance: rule(
    `one of ${balanceNames.join(', ')}, or { hash: 'client' } and the like`,
    (value) => (balanceNames as readonly unknown[]).includes(value) || isHash(value),
  ),
  sticky: within<StickyOptions>({
    cookie: anyText,
    header: anyText,
    secret: anyText,
    maxAgeMs: milliseconds('above 0'),
    sameSite: rule("'Strict', 'Lax' or 'None'", (value) => ['Strict', 'Lax', 'None'].includes(value as string)),
  }),
  connections: within<ConnectionOptions>({
    max: wholeNumber(1),
    queue: wholeNumber(0),
    queueTimeoutMs: milliseconds('above 0'),
  }),
  discover: withFunctions(['look']),
  health: within<HealthOptions>({
    path: rule('a path', (value) => typeof value === 'string' && value.startsWith('/')),
    method: anyText,
    host: anyText,
    everyMs: milliseconds('above 0'),
    timeoutMs: milliseconds('above 0'),
    rise: wholeNumber(1),
    fall: wholeNumber(1),
    statuses: rule('a list of statuses', Array.isArray),
    body: anyText,
  }),
  eject: within<EjectOptions>({
    failures: wholeNumber(1),
    forMs: milliseconds('above 0'),
    maxMs: milliseconds('above 0'),
    maxShare: share,
  }),
  breaker: within<BreakerOptions>({
    errorShare: rule('a number above 0, up to 1', (value) => typeof value === 'number' && value > 0 && value <= 1),
    minRequests: wholeNumber(1),
    windowMs: milliseconds('above 0'),
    openMs: milliseconds('above 0'),
  }),
  retry: within<RetryOptions>({
    attempts: wholeNumber(1),
    on: rule(
      "a list of 'connect', 'reset', 'timeout', 'bad-response', '5xx' and statuses",
      (value) => Array.isArray(value) && value.every((each) => reason.test(String(each))),
    ),
    budget: share,
    perTryMs: milliseconds('above 0'),
    methods: texts,
  }),
  slowStartMs: milliseconds('from 0 on'),
  panicShare: share,
  restMs: milliseconds('from 0 on'),
  log: withFunctions(['debug', 'info', 'warn', 'error']),
  onUpstream: anyFunction,
  clock: anything,
  random: anyFunction,
};

const serverRules: Rules<UpstreamServer> = {
  url: anyText,
  weight: numberAboveZero,
  backup: trueOrFalse,
  drain: trueOrFalse,
  tls: anyObject,
};

/** An object whose options follow rules. */
function within<Options extends object>(inner: Rules<Options>): Rule {
  const fault = (value: unknown, path: string): string | null => {
    let found: string | null = null;
    const fail = (message: string): Error => {
      found = message;
      return new Error(message);
    };
    try {
      checkOptions(value as Options, inner, fail);
    } catch (error) {
      if (found === null) throw error;
    }
    return found === null ? null : joinPath(path, found);
  };
  return { expected: 'an object', fault };
}

/** The fault of an inner option begins with its name; that of the whole object does not. */
function joinPath(path: string, fault: string): string {
  if (fault.startsWith('the options')) return path + fault.slice('the options'.length);
  return /^(?:found|expected) /.test(fault) ? `${path}: ${fault}` : `${path}.${fault}`;
}

/** Throws `PROXY_OPTION_INVALID`. */
export function checkUpstreamsOptions(options: UpstreamsOptions): void {
  checkOptions(options, rules, (fault) => proxyError('PROXY_OPTION_INVALID', fault));
  const { sticky } = options;
  if (sticky !== undefined && (sticky.cookie === undefined) === (sticky.header === undefined))
    throw proxyError('PROXY_OPTION_INVALID', 'sticky: expected either cookie or header');
}

/** Throws `PROXY_OPTION_INVALID` or `CLIENT_ORIGIN_INVALID`. */
export function checkServers(servers: readonly (string | UpstreamServer)[]): UpstreamServer[] {
  return servers.map((server) => {
    const full = typeof server === 'string' ? { url: server } : server;
    checkOptions(full, serverRules, (fault) => proxyError('PROXY_OPTION_INVALID', fault));
    parseOrigin(full.url, full.tls);
    return full;
  });
}
