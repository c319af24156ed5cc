import { timingSafeEqual } from 'node:crypto';
import { type Clock, type HttpContext, type Logger, systemClock } from '@windhover/core';
import { formatQuotedString, parseExtendedValue } from '@windhover/http-semantics';
import {
  anyObject,
  anyText,
  checkOptions,
  listOf,
  milliseconds,
  oneOf,
  type Rules,
  trueOrFalse,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import type { AuthScheme, Refusal, Verdict } from '../auth-scheme.ts';
import { authorizationOf } from '../authorization-field.ts';
import { optionError } from '../errors.ts';
import { sentTarget } from '../mount.ts';
import type { RoleMembers } from '../users/user-table.ts';
import { WatchedFile } from '../users/watched-file.ts';
import { parseAuthParameters } from './auth-parameters.ts';
import { type DigestFields, digestResponse, readDigestFields, sessionSecret } from './digest-response.ts';
import { type DigestAccount, digestHash, type OfferedAlgorithm, parseHtdigest } from './digest-secrets.ts';
import { Nonces } from './nonces.ts';

/** Options of `digest`. */
export interface DigestOptions {
  /** What browsers show; the hashes of the file are for this one. Default: `Login`. */
  readonly realm?: string;
  /** In the order of the challenges. Default: `SHA-256`, then `MD5` for clients that know nothing else. */
  readonly algorithms?: readonly OfferedAlgorithm[];
  /**
   * `auth` protects method and URL, `auth-int` the body too, which is read for that. Default: `auth`.
   */
  readonly qop?: readonly ('auth' | 'auth-int')[];
  /** Whether names are sent hashed. Default: false, since many clients cannot. */
  readonly userhash?: boolean;
  /** How long a nonce is good. Default: 300,000. */
  readonly nonceMs?: number;
  /** How many nonces are in use at a time. Default: 10,000. */
  readonly maxNonces?: number;
  /** The longest body that `auth-int` reads. Default: 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Roles, each with the names of those who have it. Default: none. */
  readonly roles?: RoleMembers;
  readonly clock?: Clock;
  /** Is told when a changed file cannot be used. Default: nobody. */
  readonly log?: Pick<Logger, 'info' | 'error'>;
}

/** `digest`, with its file. */
export interface Digest extends AuthScheme {
  /** Reads the file. Rejects with `AUTH_USERS_UNREADABLE` if it is missing or has a line that cannot be used. */
  load(): Promise<void>;
}

const optionRules: Rules<DigestOptions> = {
  realm: anyText,
  algorithms: listOf('algorithms', oneOf('SHA-256', 'MD5', 'SHA-256-sess', 'MD5-sess')),
  qop: listOf('words', oneOf('auth', 'auth-int')),
  userhash: trueOrFalse,
  nonceMs: milliseconds('above 0'),
  maxNonces: wholeNumber(1),
  maxBodyBytes: wholeNumber(0),
  roles: anyObject,
  clock: withFunctions(['now']),
  log: withFunctions(['info', 'error']),
};

/**
 * HTTP Digest (RFC 7616) for the users of an `htdigest` file, which is read again when it changes. Clients prove that
 * they know the password without sending it; Basic over TLS with bcrypt is better, because here the file itself is
 * enough to log in. Call `load` before the first request to hear of a file that cannot be used; otherwise the first login
 * loads it, and gets 503 if it cannot. Throws `AUTH_OPTION_INVALID`.
 */
export function digest(path: string, options: DigestOptions = {}): Digest {
  checkOptions(options, optionRules, optionError);
  const fault = anyText.fault(path, 'path');
  if (fault !== null) throw optionError(fault);
  return new DigestScheme(path, options);
}

class DigestScheme implements Digest {
  readonly name = 'digest';
  readonly keeps = ['digest'];
  private readonly file: WatchedFile<ReadonlyMap<string, DigestAccount>>;
  private readonly nonces: Nonces;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly options: Required<Pick<DigestOptions, 'realm' | 'algorithms' | 'qop' | 'userhash' | 'maxBodyBytes'>>;

  constructor(path: string, options: DigestOptions) {
    const { realm = 'Login', algorithms = ['SHA-256', 'MD5'], qop = ['auth'], userhash = false } = options;
    const { nonceMs = 300_000, maxNonces = 10_000, maxBodyBytes = 1_048_576, clock = systemClock, log } = options;
    const roles = structuredClone(options.roles ?? {});
    this.options = { realm, algorithms: [...algorithms], qop: [...qop], userhash, maxBodyBytes };
    this.clock = clock;
    this.nonces = new Nonces(nonceMs, maxNonces);
    const parse = (text: string) => {
      const { accounts, faults } = parseHtdigest(text, realm, roles);
      return { value: accounts, faults };
    };
    this.file = new WatchedFile<ReadonlyMap<string, DigestAccount>>(path, new Map(), parse, { clock, log });
  }

  load(): Promise<void> {
    return this.file.load();
  }

  challenges(): readonly string[] {
    return this.challengesWith('');
  }

  authenticate(context: HttpContext): Verdict | Promise<Verdict> {
    const written = authorizationOf(context, 'digest');
    if (written === null) return null;
    const parameters = parseAuthParameters(written);
    const fields = parameters === null ? null : readDigestFields(parameters, this.options.realm, readExtended);
    if (fields === null || !this.isOffered(fields)) return { refused: 'malformed' };
    if (fields.uri !== sentTarget(context)) return { refused: 'uri', status: 400 }; // RFC 7616 §3.4.6
    if (!this.file.isLoaded) return this.file.looked().then(() => this.check(fields, context));
    this.file.look();
    return this.check(fields, context);
  }

  private check(fields: DigestFields, context: HttpContext): Verdict | Promise<Verdict> {
    if (fields.qop === 'auth') return this.judge(fields, context, '');
    return this.bodyHash(fields, context).then((hash) => this.judge(fields, context, hash));
  }

  private judge(fields: DigestFields, { request }: HttpContext, bodyHash: string): Verdict {
    const account = this.accountOf(fields);
    // A secret of nobody's, so that names that do not exist take as long as those that do.
    const ha1 = account?.hashes[fields.algorithm] ?? digestHash(fields.algorithm, fields.username);
    const isRight = this.secretsFor(fields, ha1)
      .map((secret) => isSame(digestResponse(fields, request.method, secret, bodyHash), fields.response))
      .includes(true);
    if (!isRight || account?.hashes[fields.algorithm] === undefined) return { refused: 'password' };
    // Counted only for the right password, so that nobody else uses up counts.
    const state = this.nonces.use(fields.nonce, Number.parseInt(fields.nc, 16), this.clock.now(), fields.cnonce);
    return state === 'good' ? account.user : this.refuseNonce(state);
  }

  /**
   * With `-sess`, the secret is made of the `cnonce` of the first request with a nonce. Some clients, curl among them,
   * take that of each request instead. Both know the password.
   */
  private secretsFor(fields: DigestFields, ha1: string): readonly string[] {
    if (!fields.isSession) return [ha1];
    const { nonce, cnonce } = fields;
    const first = this.nonces.firstCnonce(nonce) ?? cnonce;
    return (first === cnonce ? [cnonce] : [first, cnonce]).map((each) => sessionSecret(fields, ha1, each));
  }

  /** The password is right: the client needs not ask for it again, only a new nonce. */
  private refuseNonce(state: string): Refusal {
    return { refused: state, challenges: this.challengesWith(', stale=true') };
  }

  private isOffered({ algorithm, isSession, qop, isHashed }: DigestFields): boolean {
    const { algorithms, qop: offered, userhash } = this.options;
    return (
      algorithms.includes(isSession ? `${algorithm}-sess` : algorithm) &&
      offered.includes(qop) &&
      (userhash || !isHashed)
    );
  }

  private accountOf({ username, isHashed, algorithm }: DigestFields): DigestAccount | undefined {
    if (!isHashed) return this.file.value.get(username);
    const { realm } = this.options;
    for (const [name, account] of this.file.value)
      if (digestHash(algorithm, `${name}:${realm}`) === username.toLowerCase()) return account;
    return undefined;
  }

  private async bodyHash({ algorithm }: DigestFields, { request }: HttpContext): Promise<string> {
    const { body } = request;
    const { maxBodyBytes } = this.options;
    if (body.state === 'unread') body.maxBytes = Math.min(body.maxBytes ?? maxBodyBytes, maxBodyBytes);
    return digestHash(algorithm, await body.bytes());
  }

  private challengesWith(more: string): readonly string[] {
    const { realm, algorithms, qop, userhash } = this.options;
    const nonce = this.nonces.make(this.clock.now());
    const hashed = userhash ? ', userhash=true' : '';
    return algorithms.map(
      (algorithm) =>
        `Digest realm=${formatQuotedString(realm)}, qop="${qop.join(', ')}", algorithm=${algorithm}, nonce="${nonce}", charset=UTF-8${hashed}${more}`,
    );
  }
}

function isSame(right: string, given: string): boolean {
  return right.length === given.length && timingSafeEqual(Buffer.from(right), Buffer.from(given));
}

function readExtended(text: string): string | null {
  return parseExtendedValue(text) ?? null;
}
