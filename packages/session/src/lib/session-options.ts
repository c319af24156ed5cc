import { type Clock, type Logger, systemClock } from '@windhover/core';
import {
  checkOptions,
  isRecord,
  kindOf,
  milliseconds,
  oneOf,
  type Rule,
  type Rules,
  rule,
  trueOrFalse,
  withFunctions,
} from '@windhover/options';
import { optionError } from './errors.ts';
import type { SessionStore } from './session-store.ts';

/** The cookie of a session. */
export interface SessionCookie {
  /**
   * Its name. Over https it gets the prefix `__Host-`, or `__Secure-` with a domain or another path, so that no other host and no plain
   * connection can set it. Default: `session`.
   */
  readonly name?: string;
  /** Which requests of other websites have it. `none` works over https only. Default: `lax`: links, but no forms. */
  readonly sameSite?: 'strict' | 'lax' | 'none';
  /** Shares it with the subdomains of this host. Default: the host alone. */
  readonly domain?: string;
  /** The paths that have it. Default: `/`. */
  readonly path?: string;
  /** Whether it outlives the browser, for as long as the session lasts. Default: false. */
  readonly persistent?: boolean;
}

/** Options of `session`. Times are in milliseconds. */
export interface SessionOptions {
  /**
   * Secrets of 32 characters or more, from a random generator. The first one is used, the others are still accepted: put a new one in front
   * to rotate. Every process and server needs the same.
   */
  readonly keys: string | readonly string[];
  /** Keeps sessions on the server. Default: none, they are in the cookie, encrypted: small, and not to be ended from outside. */
  readonly store?: SessionStore;
  /** The session ends after this time without a request. Default: 1,800,000, half an hour. */
  readonly idleMs?: number;
  /** The session ends at this age, whatever is done. Default: 28,800,000, a working day of eight hours. */
  readonly maxAgeMs?: number;
  readonly cookie?: SessionCookie;
  /** Hears when the store fails, at most once a minute. Default: the console. */
  readonly log?: Logger;
  /** The time. Default: the system's. */
  readonly clock?: Clock;
}

/** Options with defaults filled in. */
export interface ResolvedSession {
  readonly keys: readonly string[];
  readonly store: SessionStore | null;
  readonly idleMs: number;
  readonly maxAgeMs: number;
  readonly cookie: Required<Omit<SessionCookie, 'domain'>> & { readonly domain: string | null };
  readonly log: Logger;
  readonly clock: Clock;
}

const leastSecret = 32;
const isSecret = (value: unknown): boolean => typeof value === 'string' && value.length >= leastSecret;

const keysRule: Rule = rule(
  `a secret of ${leastSecret} characters or more, or a list of them; \`openssl rand -base64 32\` makes one`,
  (value) => isSecret(value) || (Array.isArray(value) && value.length > 0 && value.every(isSecret)),
  kindOf,
);

const optionRules: Rules<SessionOptions> = {
  keys: keysRule,
  store: withFunctions(['read', 'save', 'destroy']),
  idleMs: milliseconds('above 0'),
  maxAgeMs: milliseconds('above 0'),
  cookie: rule('an object with the options of the cookie', isRecord, kindOf),
  log: withFunctions(['debug', 'info', 'warn', 'error']),
  clock: withFunctions(['now', 'schedule']),
};

const cookieRules: Rules<SessionCookie> = {
  name: rule('letters, digits, - and _', (value) => typeof value === 'string' && /^[\w-]{1,64}$/.test(value)),
  sameSite: oneOf('strict', 'lax', 'none'),
  domain: rule(
    'a host such as example.com',
    (value) => typeof value === 'string' && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value),
  ),
  path: rule(
    'a path that begins with /',
    (value) => typeof value === 'string' && /^\/[\x21-\x3a\x3c-\x7e]*$/.test(value),
  ),
  persistent: trueOrFalse,
};

/** Checks the options and fills in the defaults. Throws `SESSION_OPTION_INVALID`. */
export function resolveSession(options: SessionOptions): ResolvedSession {
  const fail = (fault: string): Error => optionError(`session(): ${fault}`);
  checkOptions(options, optionRules, fail);
  if (options.keys === undefined) throw fail(`keys: expected ${keysRule.expected}, found nothing`);
  const { cookie = {}, store = null, idleMs = 1_800_000, maxAgeMs = 28_800_000 } = options;
  const { log = console, clock = systemClock } = options;
  checkOptions(cookie, cookieRules, (fault) => fail(`cookie: ${fault}`));
  const { name = 'session', sameSite = 'lax', domain = null, path = '/', persistent = false } = cookie;
  const keys = typeof options.keys === 'string' ? [options.keys] : options.keys;
  return { keys, store, idleMs, maxAgeMs, cookie: { name, sameSite, domain, path, persistent }, log, clock };
}
