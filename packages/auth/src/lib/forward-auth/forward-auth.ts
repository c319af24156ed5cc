import { type Clock, type HttpContext, type HttpHeaders, ownString, systemClock, toPushBody } from '@windhover/core';
import { type ClientCall, type ClientResponse, createHttpClient, type HttpClient } from '@windhover/http-client';
import {
  anyText,
  checkOptions,
  listOf,
  milliseconds,
  type Rules,
  rule,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import type { AuthScheme, Verdict } from '../auth-scheme.ts';
import { CredentialCache } from '../credential-cache.ts';
import { authError, optionError } from '../errors.ts';
import type { User } from '../user.ts';
import { answerAs } from './answer-as.ts';
import { questionFields } from './question-fields.ts';

/** Options of `forwardAuth`. */
export interface ForwardAuthOptions {
  /** The field of a good answer with the name of the user. Default: `Remote-User`. */
  readonly userHeader?: string;
  /** The field with the roles, commas between. Default: `Remote-Groups`. */
  readonly rolesHeader?: string;
  /**
   * Fields of a good answer that the request gets. The client's own are removed in every case, as are those of user and
   * roles. Default: none.
   */
  readonly copyHeaders?: readonly string[];
  /** Fields of the request that the service gets. Default: those that log in, and what tells a browser from a program. */
  readonly requestHeaders?: readonly string[];
  /** How long the service may take, body included. Default: 5,000. */
  readonly timeoutMs?: number;
  /** The longest answer that is passed on to the client. Default: 65,536: a page for logging in. */
  readonly maxAnswerBytes?: number;
  /** How long a good answer is remembered for the same question: method, scheme, host, target, client address and `cacheBy`. Default: 0, never. */
  readonly cacheMs?: number;
  /** Fields of the request that answers depend on. Default: `requestHeaders`. */
  readonly cacheBy?: readonly string[];
  /** Default: 1,000. */
  readonly cacheEntries?: number;
  readonly clock?: Clock;
}

/** `forwardAuth`, with its connections. */
export interface ForwardAuth extends AuthScheme {
  close(): void;
}

const fieldName = rule('the name of a field', (value) => /^[A-Za-z0-9-]+$/.test(String(value)));
const optionRules: Rules<ForwardAuthOptions> = {
  userHeader: fieldName,
  rolesHeader: fieldName,
  copyHeaders: listOf('names', fieldName),
  requestHeaders: listOf('names', fieldName),
  timeoutMs: milliseconds('above 0'),
  maxAnswerBytes: wholeNumber(0),
  cacheMs: milliseconds('from 0 on'),
  cacheBy: listOf('names', fieldName),
  cacheEntries: wholeNumber(1),
  clock: withFunctions(['now', 'schedule']),
};

const usualRequestHeaders = ['authorization', 'cookie', 'accept', 'accept-language', 'user-agent', 'x-requested-with'];

interface Good {
  readonly user: User;
  /** Name and value of each field that the request gets. */
  readonly fields: readonly (readonly [string, string])[];
}

/**
 * Lets another service decide, as nginx' `auth_request`: 2xx lets the request pass, any other answer goes to the client,
 * and a failure is 503. Put it last in a list, since it always answers. Throws `AUTH_OPTION_INVALID`.
 */
export function forwardAuth(url: string, options: ForwardAuthOptions = {}): ForwardAuth {
  const fault = anyText.fault(url, 'url');
  if (fault !== null || !URL.canParse(url)) throw optionError(`expected a URL, found ${JSON.stringify(url)}`);
  checkOptions(options, optionRules, optionError);
  return new ForwardAuthScheme(new URL(url), options);
}

class ForwardAuthScheme implements ForwardAuth {
  readonly name = 'forward';
  readonly owns: readonly string[];
  private readonly client: HttpClient;
  private readonly cache: CredentialCache<Good>;
  private readonly url: URL;
  private readonly options: Required<Omit<ForwardAuthOptions, 'clock'>>;
  private readonly clock: Clock;

  constructor(url: URL, options: ForwardAuthOptions) {
    const { userHeader = 'Remote-User', rolesHeader = 'Remote-Groups', copyHeaders = [] } = options;
    const { requestHeaders = usualRequestHeaders, timeoutMs = 5000, maxAnswerBytes = 65_536 } = options;
    const { cacheMs = 0, cacheBy = requestHeaders, cacheEntries = 1000, clock = systemClock } = options;
    const more = { requestHeaders, timeoutMs, maxAnswerBytes, cacheMs, cacheBy, cacheEntries };
    this.options = { userHeader, rolesHeader, copyHeaders, ...more };
    this.owns = [userHeader, rolesHeader, ...copyHeaders];
    this.url = url;
    this.clock = clock;
    this.cache = new CredentialCache(cacheMs === 0 ? 0 : cacheEntries);
    this.client = createHttpClient({ clock, connectTimeoutMs: timeoutMs, headTimeoutMs: timeoutMs });
  }

  challenges(): readonly string[] {
    return [];
  }

  close(): void {
    this.client.close();
  }

  authenticate(context: HttpContext): Verdict | Promise<Verdict> {
    if (this.options.cacheMs === 0) return this.ask(context, null);
    const by = this.options.cacheBy.map((name) => context.request.headers.get(name) ?? null);
    const key = this.cache.keyOf(JSON.stringify([questionFields(context, []), by])); // whatever the answer may depend on
    const known = this.cache.get(key, this.clock.now());
    return known === undefined ? this.ask(context, key) : apply(known, context);
  }

  private async ask(context: HttpContext, key: string | null): Promise<Verdict> {
    const call = this.client.request(this.url.origin, {
      method: 'GET',
      target: `${this.url.pathname}${this.url.search}`,
      fields: questionFields(context, this.options.requestHeaders),
    });
    context.onAbort((reason) => call.abort(reason));
    const late = new Error(`no answer within ${this.options.timeoutMs} ms`);
    const stop = this.clock.schedule(this.options.timeoutMs, () => call.abort(late));
    try {
      const response = await call.response;
      const { status } = response;
      const isGood = status >= 200 && status < 300;
      if (status >= 500 || status < 200) throw new Error(`the answer has the status ${status}`);
      const body = await readBody(call, response, isGood ? 0 : this.options.maxAnswerBytes);
      if (!isGood) return answerAs(context.response, response, body!);
      const good = this.goodOf(response.headers);
      if (key !== null) this.cache.set(key, good, this.clock.now() + this.options.cacheMs);
      return apply(good, context);
    } catch (error) {
      throw authError('AUTH_FETCH_FAILED', `${this.url.origin}: ${(error as Error).message}`, error);
    } finally {
      stop();
    }
  }

  private goodOf(headers: HttpHeaders): Good {
    const { userHeader, rolesHeader } = this.options;
    const fields: (readonly [string, string])[] = [];
    for (const name of new Set(this.owns)) {
      const value = headers.get(name);
      if (value !== undefined) fields.push([name, ownString(value)]);
    }
    const name = headers.get(userHeader)?.trim();
    const roles =
      headers
        .get(rolesHeader)
        ?.split(',')
        .map((role) => ownString(role.trim())) ?? [];
    const user = {
      name: ownString(name === undefined || name === '' ? 'forward-auth' : name),
      roles: roles.filter((role) => role !== ''),
    };
    return { user: Object.freeze(user), fields };
  }
}

function apply({ user, fields }: Good, { request }: HttpContext): User {
  for (const [name, value] of fields) request.headers.set(name, value);
  return user;
}

/** Reads a body that is wanted; one that is not is cancelled, and its connection closes. Rejects for a longer one. */
function readBody(call: ClientCall, { body }: ClientResponse, maxBytes: number): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    toPushBody(body).start({
      write(chunk) {
        size += chunk.length;
        if (size <= maxBytes) {
          chunks.push(Buffer.from(chunk)); // a copy: the bytes are lent
          return true;
        }
        const error = new Error(`the answer is longer than ${maxBytes} bytes`);
        if (maxBytes === 0) resolve(null);
        else reject(error);
        call.abort(error);
        return false;
      },
      end: () => resolve(Buffer.concat(chunks)),
      fail: (error) => (maxBytes === 0 ? resolve(null) : reject(error)),
    });
  });
}
