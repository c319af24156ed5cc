import type { HttpRequest } from '@windhover/core';
import { isToken } from '@windhover/http-semantics';
import {
  checkOptions,
  expectedFound,
  listOf,
  milliseconds,
  orNull,
  type Rule,
  type Rules,
  rule,
  trueOrFalse,
} from '@windhover/options';
import type { CorsDecision, CorsHeaders } from './cors-decision.ts';
import { headersError } from './errors.ts';
import { isOrigin, isOriginEntry, meantOrigin, originExpected, originList } from './origin-list.ts';

/** Options of `cors`: which pages may read answers from another origin. */
export interface CorsOptions {
  /**
   * The origins whose pages may read answers: `https://a.example`, `https://*.a.example` (every name below it, not
   * itself); `'*'` for every page; or a function that returns `true`. `null`, the origin of sandboxed and local pages,
   * is allowed only by a list that contains it.
   */
  readonly origins: '*' | readonly string[] | ((origin: string, request: HttpRequest) => boolean);
  /**
   * Whether a page may send cookies and other credentials and read the answer. Not possible with `origins: '*'`.
   * Default: false, because such a page acts as its user.
   */
  readonly credentials?: boolean;
  /**
   * Methods that a page may use; `'any'` for every method. Default: GET, HEAD and POST, which browsers send without
   * asking in any case. Methods that change things on your server must be named.
   */
  readonly methods?: readonly string[] | 'any';
  /**
   * Request headers that a page may set besides the safelisted ones; `'any'` for all. Default: `Content-Type`, for
   * JSON. A custom header is often the proof that a request came from your own pages, so no other one is allowed unless
   * you name it.
   */
  readonly headers?: readonly string[] | 'any';
  /**
   * Response headers that a page may read besides the safelisted ones; `['*']`, without credentials, for all. Default:
   * none.
   */
  readonly exposedHeaders?: readonly string[];
  /**
   * How long a browser may reuse the answer to a preflight, in milliseconds, sent as whole seconds; `null` leaves it to
   * the browser, which takes 5 s. Default: 300,000: a page asks once for several minutes of calls, and a stricter
   * policy takes effect within five minutes.
   */
  readonly maxAgeMs?: number | null;
  /**
   * Whether pages on the internet may call a server in a private network (`Access-Control-Request-Private-Network`).
   * Default: false.
   */
  readonly privateNetwork?: boolean;
}

/** Options with defaults filled in. */
export interface CorsPolicy {
  /** The decision for all pages, if it does not depend on the origin; otherwise `null`. */
  readonly everybody: CorsDecision | null;
  /** Called with valid origins only. */
  readonly allows: (origin: string, request: HttpRequest) => boolean;
  readonly credentials: boolean;
  /** The header value; `null` allows what is asked for. */
  readonly methods: string | null;
  /** The header value, `''` for none; `null` allows what is asked for. */
  readonly headers: string | null;
  readonly exposed: CorsHeaders;
  readonly maxAgeSeconds: string | null;
  readonly privateNetwork: boolean;
}

/** Resolves the options once. Throws `HEADERS_OPTION_INVALID`. */
export function corsPolicy(options: CorsOptions): CorsPolicy {
  checkOptions(options, optionRules, refuse);
  const { origins, credentials = false, methods = ['GET', 'HEAD', 'POST'], headers = ['Content-Type'] } = options;
  const { exposedHeaders = [], maxAgeMs = 300_000, privateNetwork = false } = options;
  if (origins === undefined) throw refuse(`origins: ${expectedFound(originsRule.expected, origins)}`);
  if (credentials && origins === '*') {
    throw refuse("credentials: true with origins: '*' would let every page act as its user: name the origins");
  }
  if (credentials && exposedHeaders.includes('*')) {
    throw refuse("exposedHeaders: browsers take '*' for a name where there are credentials: name the headers");
  }
  const exposed: CorsHeaders =
    exposedHeaders.length === 0 ? [] : [['Access-Control-Expose-Headers', exposedHeaders.join(', ')]];
  return {
    everybody: origins === '*' ? { kind: 'allowed', headers: [allowEverybody, ...exposed] } : null,
    allows: toTest(origins),
    credentials,
    methods: methods === 'any' ? null : methods.join(', '),
    headers: headers === 'any' ? null : headers.join(', '),
    exposed,
    maxAgeSeconds: maxAgeMs === null ? null : String(Math.floor(maxAgeMs / 1000)),
    privateNetwork,
  };
}

const allowEverybody = ['Access-Control-Allow-Origin', '*'] as const;

function toTest(origins: CorsOptions['origins']): CorsPolicy['allows'] {
  if (origins === '*') return () => true;
  if (typeof origins === 'function') {
    // Only `true` counts: an async function returns a promise, and would otherwise allow everybody.
    return (origin, request) => isOrigin(origin) && origins(origin, request) === true;
  }
  const list = originList(origins);
  return (origin) => list.has(origin);
}

const originsRule: Rule = {
  expected: `'*', a list of origins or a function`,
  fault(value, path) {
    if (value === '*' || typeof value === 'function') return null;
    if (!Array.isArray(value)) return `${path}: ${expectedFound(originsRule.expected, value)}`;
    const index = value.findIndex((entry) => !isOriginEntry(entry));
    if (index === -1) return null;
    const meant = value[index] === '*' ? "origins: '*'" : meantOrigin(value[index]);
    return `${path}[${index}]: ${expectedFound(originExpected, value[index], { meant })}`;
  },
};

/** Methods that browsers send in upper case; in lower case they would never match. */
const standardMethods = /^(?:get|head|post|put|patch|delete|options)$/i;

const isText = (value: unknown): value is string => typeof value === 'string' && isToken(value);
const isMethod = (name: string): boolean =>
  name !== '*' && (!standardMethods.test(name) || name === name.toUpperCase());

function orAny(list: Rule): Rule {
  const expected = `${list.expected} or 'any'`;
  const other = rule(expected, Array.isArray);
  const fault = (value: unknown, path: string): string | null =>
    value === 'any' ? null : (other.fault(value, path) ?? list.fault(value, path));
  return { expected, fault };
}

const optionRules: Rules<CorsOptions> = {
  origins: originsRule,
  credentials: trueOrFalse,
  methods: orAny(
    listOf(
      'methods',
      rule('a method in capitals', (name) => isText(name) && isMethod(name)),
    ),
  ),
  headers: orAny(
    listOf(
      'header names',
      rule('a header name', (name) => isText(name) && name !== '*'),
    ),
  ),
  exposedHeaders: listOf('header names', rule('a header name', isText)),
  maxAgeMs: orNull(milliseconds('from 0 on')),
  privateNetwork: trueOrFalse,
};

function refuse(fault: string): Error {
  return headersError('HEADERS_OPTION_INVALID', `cors(): ${fault}`);
}
