import type { UserClaims } from '@windhover/auth';
import { type Clock, type Logger, systemClock } from '@windhover/core';
import {
  anyObject,
  anyText,
  checkOptions,
  kindOf,
  listOf,
  milliseconds,
  orNull,
  type Rules,
  rule,
  trueOrFalse,
  withFunctions,
} from '@windhover/options';
import { createEndedLogins, type EndedLogins } from './ended-logins.ts';
import { optionError } from './errors.ts';
import type { SharedWork } from './shared-work.ts';

/** A private key that proves who this client is (RFC 7523). */
export interface ClientKey {
  /** PKCS #8 in PEM: `-----BEGIN PRIVATE KEY-----`. */
  readonly pem: string;
  /** For instance `ES256`. */
  readonly algorithm: string;
  /** The `kid` under which the provider knows it. Default: none. */
  readonly id?: string;
}

/** Options of `oidc`. */
export interface OidcOptions extends UserClaims {
  /** The provider, exactly as its metadata names it. https, or http on this machine. */
  readonly issuer: string;
  readonly clientId: string;
  /** Default: none, a public client, which PKCE protects. */
  readonly clientSecret?: string;
  /** In place of a secret. */
  readonly clientKey?: ClientKey;
  /** What is asked for. Default: `openid profile email`; `offline_access` gets a refresh token where the provider wants that. */
  readonly scopes?: readonly string[];
  /** More parameters of the request to the provider, for instance `{ prompt: 'login' }`. Default: none. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** How browsers reach this server: `https://app.example.com`. Default: the scheme and host that the request names. */
  readonly origin?: string;
  /** Where the provider sends the browser back to. It must know `origin` with this path. Default: `/auth/callback`. */
  readonly redirectPath?: string;
  /** A link to it logs in, and goes to the local path in `?to=`. Default: `/auth/login`. */
  readonly loginPath?: string;
  /** POST, or a link on this website, logs out. Default: `/auth/logout`. */
  readonly logoutPath?: string;
  /** Where the provider tells of logouts elsewhere. Default: `/auth/backchannel`. */
  readonly backchannelPath?: string;
  /** Where the browser goes after a logout; the provider must know it with `origin`. `null`: it stays there. Default: `/`. */
  readonly afterLogoutPath?: string | null;
  /** Whether opening a page without a user leads to the provider. Otherwise only `loginPath` does. Default: true. */
  readonly asks?: boolean;
  /** Claims that the session keeps, for `user.claims`. Default: `name` and `email`; few, because a cookie holds 4 KB. */
  readonly keepClaims?: readonly string[];
  /** Whether claims are read from the UserInfo endpoint too, for providers that put few into the ID token. Default: false. */
  readonly userInfo?: boolean;
  /** Whether the session keeps the ID token, so that the provider need not ask at a logout. Best with a store. Default: false. */
  readonly keepIdToken?: boolean;
  /** Remembers logins that were ended. Default: the memory of this process, which other processes do not see. */
  readonly ended?: EndedLogins;
  /**
   * Refreshes each login once among several servers, for providers that end everything when a token comes twice.
   * Default: once in this process.
   */
  readonly sharedWork?: SharedWork;
  /** How far clocks may differ. Default: 30,000. */
  readonly leewayMs?: number;
  /** How long the provider may take to answer. Default: 5,000. */
  readonly timeoutMs?: number;
  /** Whether the provider may be plain http on another machine. Default: false. */
  readonly allowInsecure?: boolean;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Is told when the provider does not work, and when it does again. Default: nobody. */
  readonly log?: Pick<Logger, 'error' | 'warn' | 'info'>;
}

const path = rule('a path such as /auth/callback', (value) => /^\/[\w\-./~]+$/.test(String(value)));
const secret = rule('a text', (value) => typeof value === 'string' && value !== '', kindOf);
const texts = listOf('texts', anyText);
const optionRules: Rules<OidcOptions> = {
  issuer: rule('a URL', (value) => typeof value === 'string' && URL.canParse(value)),
  clientId: anyText,
  clientSecret: secret,
  clientKey: anyObject,
  scopes: texts,
  parameters: anyObject,
  origin: rule('an origin such as https://app.example.com', (value) => /^https?:\/\/[^/?#\s]+$/.test(String(value))),
  redirectPath: path,
  loginPath: path,
  logoutPath: path,
  backchannelPath: path,
  afterLogoutPath: orNull(rule('a path', (value) => /^\/(?!\/)[\w\-./~]*$/.test(String(value)))),
  asks: trueOrFalse,
  keepClaims: texts,
  userInfo: trueOrFalse,
  keepIdToken: trueOrFalse,
  nameClaim: anyText,
  rolesClaim: anyText,
  ended: withFunctions(['end', 'endedAt']),
  sharedWork: withFunctions(['once']),
  leewayMs: milliseconds('from 0 on'),
  timeoutMs: milliseconds('above 0'),
  allowInsecure: trueOrFalse,
  clock: withFunctions(['now']),
  log: withFunctions(['error', 'warn', 'info']),
};

const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };

/** The options with their defaults. */
export type ResolvedOidc = ReturnType<typeof resolveOidc>;

/** Throws `OIDC_OPTION_INVALID`. */
export function resolveOidc(options: OidcOptions) {
  checkOptions(options, optionRules, optionError);
  const { issuer, clientId, clientSecret, clientKey, allowInsecure = false, clock = systemClock } = options;
  if (issuer === undefined || clientId === undefined) throw optionError('expected issuer and clientId');
  if (clientSecret !== undefined && clientKey !== undefined)
    throw optionError('expected either clientSecret or clientKey');
  const url = new URL(issuer);
  const isPlain = url.protocol === 'http:' && (allowInsecure || isThisMachine(url.hostname));
  if (url.protocol !== 'https:' && !isPlain)
    throw optionError('issuer: expected https, because anybody on the way could log in as anybody');
  const { redirectPath = '/auth/callback', loginPath = '/auth/login', logoutPath = '/auth/logout' } = options;
  const { backchannelPath = '/auth/backchannel' } = options;
  const paths = [redirectPath, loginPath, logoutPath, backchannelPath];
  if (new Set(paths).size < paths.length) throw optionError('expected four different paths');
  const { scopes = ['openid', 'profile', 'email'] } = options;
  if (!scopes.includes('openid')) throw optionError('scopes: expected openid among them');
  const { nameClaim, rolesClaim, origin = null, afterLogoutPath = '/', log = silent } = options;
  return {
    issuer: url,
    clientId,
    clientSecret: clientSecret ?? null,
    clientKey: clientKey ?? null,
    scope: scopes.join(' '),
    parameters: options.parameters ?? {},
    origin,
    redirectPath,
    loginPath,
    logoutPath,
    backchannelPath,
    ownPaths: new Set(paths),
    afterLogoutPath,
    asks: options.asks ?? true,
    names: { ...(nameClaim === undefined ? {} : { nameClaim }), ...(rolesClaim === undefined ? {} : { rolesClaim }) },
    keepClaims: options.keepClaims ?? ['name', 'email'],
    userInfo: options.userInfo ?? false,
    keepIdToken: options.keepIdToken ?? false,
    ended: options.ended ?? createEndedLogins({ clock }),
    sharedWork: options.sharedWork ?? null,
    leewayMs: options.leewayMs ?? 30_000,
    timeoutMs: options.timeoutMs ?? 5000,
    isPlain,
    clock,
    log,
  };
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host);
}
