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
import type { CorsDecision, CorsHeaders } from './decide-cors.ts';
import { headersError } from './errors.ts';
import { isOrigin, isOriginEntry, meantOrigin, originExpected, originList } from './origin-list.ts';

/** Who may read answers from another origin. */
export interface CorsOptions {
  /**
   * The origins of pages that may read answers: `https://a.example`, `https://*.a.example` (every name below it, not itself); `'*'` for every
   * page; or a function that answers `true`. `null`, which sandboxed and local pages send, is only allowed by a list that names it.
   */
  readonly origins: '*' | readonly string[] | ((origin: string, request: HttpRequest) => boolean);
  /**
   * Whether a page may send cookies and passwords along and read the answer. Not with `origins: '*'`. Default: false, because a page then acts
   * as its user.
   */
  readonly credentials?: boolean;
  /**
   * What a page may send; `'any'` for every method. Default: GET, HEAD and POST, which browsers send without asking too: what changes things on
   * your server you name yourself.
   */
  readonly methods?: readonly string[] | 'any';
  /**
   * Request headers a page may set beside the harmless ones; `'any'` for whatever it asks for. Default: `Content-Type`, for JSON. A custom header
   * often is the proof that a request came from your own pages, so no other is allowed unless you name it.
   */
  readonly headers?: readonly string[] | 'any';
  /** Response headers a page may read beside the harmless ones; `['*']`, without credentials, for all. Default: none. */
  readonly exposedHeaders?: readonly string[];
  /**
   * Milliseconds, sent as whole seconds, in which a browser need not ask again; `null` leaves it to the browser, which takes 5 s. Default: 300,000:
   * a page asks once for some minutes of calls, and a stricter policy holds everywhere after five minutes.
   */
  readonly maxAgeMs?: number | null;
  /** Whether pages of the internet may ask a server in a private network (`Access-Control-Request-Private-Network`). Default: false. */
  readonly privateNetwork?: boolean;
}

/** Options with every question answered. */
export interface CorsPolicy {
  /** The answer for every page, where it does not depend on who asks. */
  readonly everybody: CorsDecision | null;
  /** Of what passed as an origin. */
  readonly allows: (origin: string, request: HttpRequest) => boolean;
  readonly credentials: boolean;
  /** As sent; `null`: what is asked for. */
  readonly methods: string | null;
  /** As sent, `''` for none; `null`: what is asked for. */
  readonly headers: string | null;
  readonly exposed: CorsHeaders;
  readonly maxAgeSeconds: string | null;
  readonly privateNetwork: boolean;
}

/** Reads options once. Throws `HEADERS_OPTION_INVALID`. */
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
    // A promise is no `true`: an async function would allow everybody otherwise.
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

/** Methods whose names browsers write in capitals: in small letters they would never match. */
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
