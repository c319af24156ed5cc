import type { Handler, HttpContext, HttpHeaders, Middleware } from '@windhover/core';
import { anyFunction, anyObject, checkOptions, type Rule, type Rules, rule, trueOrFalse } from '@windhover/options';
import { allOf } from './all-of.ts';
import { anyOf } from './any-of.ts';
import { type AuthScheme, isRefusal, isUser, keptCredentialsKey, schemeKey, type Verdict } from './auth-scheme.ts';
import { optionError } from './errors.ts';
import { refuse } from './refuse.ts';
import { commonName, removeFields } from './remove-fields.ts';
import { type User, userKey } from './user.ts';

/** Which schemes find the user: any of a list, or all of it. */
export type AuthSchemes =
  | { readonly any: readonly AuthScheme[]; readonly all?: undefined }
  | { readonly all: readonly AuthScheme[]; readonly any?: undefined };

/** How `auth` works. */
export type AuthOptions = AuthSchemes & {
  /**
   * Whether a request without credentials passes, without a user; wrong ones are still refused. `authorize` then asks for a user where a
   * rule needs one. Default: false.
   */
  readonly optional?: boolean;
  /**
   * Request fields that tell the program behind who the user is, for instance `{ user: 'X-Remote-User' }`. The client's own are removed
   * under every spelling, also where nobody has logged in. Default: none.
   */
  readonly tell?: TellFields;
  /**
   * Whether a proxy behind sends on what was for this server alone: the password of Basic, and the proofs of Digest and Negotiate. Tokens
   * are sent on in any case, because upstreams check them too. Default: false.
   */
  readonly passCredentials?: boolean;
  /** Called when credentials were sent and refused, for logs and metrics. */
  readonly onRefused?: (refused: Refused, context: HttpContext) => void;
};

/** The names of request fields. */
export interface TellFields {
  readonly user?: string;
  /** Gets the roles with commas between. */
  readonly roles?: string;
}

/** Why a request was refused. */
export interface Refused {
  /** The name of the scheme, or of the combination. */
  readonly scheme: string;
  readonly reason: string;
}

const schemeList: Rule = rule('a list of one scheme or more', isSchemeList, (value) =>
  Array.isArray(value) && value.length === 0 ? 'an empty list' : 'something else',
);
const optionRules: Rules<{
  any?: unknown;
  all?: unknown;
  optional?: unknown;
  tell?: unknown;
  passCredentials?: unknown;
  onRefused?: unknown;
}> = {
  any: schemeList,
  all: schemeList,
  optional: trueOrFalse,
  tell: anyObject,
  passCredentials: trueOrFalse,
  onRefused: anyFunction,
};

/**
 * Finds the user of each request and sets `userKey`. Without one it answers 401 with the challenges of the schemes.
 * Throws `AUTH_OPTION_INVALID` when it is created.
 */
export function auth(options: AuthOptions): Middleware<HttpContext> {
  if (isScheme(options)) throw optionError('expected options, found a scheme. Did you mean `auth({ any: [scheme] })`?');
  if (Array.isArray(options)) throw optionError('expected options, found a list. Did you mean `auth({ any: [...] })`?');
  checkOptions(options, optionRules, optionError);
  const { any, all, optional = false, onRefused, tell = {}, passCredentials = false } = options;
  if ((any === undefined) === (all === undefined)) throw optionError('expected either any or all');
  const scheme = any === undefined ? allOf(all!) : anyOf(any);
  const decide = (verdict: Verdict, context: HttpContext, next: Handler<HttpContext>): void | Promise<void> => {
    if (verdict === 'answered') return undefined;
    if (verdict === null) {
      if (!optional) return refuse(context.response, 401, scheme.challenges(context));
      context.set(schemeKey, scheme);
      return next(context);
    }
    if (isRefusal(verdict)) {
      onRefused?.({ scheme: scheme.name, reason: verdict.refused }, context);
      const { status = 401, challenges } = verdict;
      return refuse(context.response, status, challenges ?? (status === 401 ? scheme.challenges(context) : []));
    }
    if (!isUser(verdict)) throw new TypeError(`The scheme ${scheme.name} has found neither a user nor a reason`);
    context.set(userKey, verdict);
    if (kept.size > 0) noteKept(context, kept);
    tellUser(verdict, tell, context.request.headers);
    return next(context);
  };
  const kept: ReadonlySet<string> = new Set(passCredentials ? [] : (scheme.keeps ?? []));
  const barred = new Set([...(scheme.owns ?? []), tell.user ?? [], tell.roles ?? []].flat().map(commonName));
  return function auth(context, next) {
    if (barred.size > 0) removeFields(context.request.headers, barred);
    const verdict = scheme.authenticate(context);
    if (verdict instanceof Promise) return verdict.then((settled) => decide(settled, context, next));
    return decide(verdict, context, next);
  };
}

/** The field stays in the request: caches and logs behind must see that it has credentials. */
function noteKept(context: HttpContext, kept: ReadonlySet<string>): void {
  const value = context.request.headers.get('authorization');
  if (value === undefined) return;
  const space = value.indexOf(' ');
  const name = (space < 0 ? value : value.slice(0, space)).toLowerCase();
  if (kept.has(name)) context.set(keptCredentialsKey, value);
}

function tellUser({ name, roles = [] }: User, tell: TellFields, headers: HttpHeaders): void {
  if (tell.user !== undefined) headers.set(tell.user, fieldText(name));
  if (tell.roles !== undefined && roles.length > 0) headers.set(tell.roles, fieldText(roles.join(',')));
}

/** Names may have characters that fields may not, so those are sent as percent-encoded UTF-8. */
function fieldText(text: string): string {
  return /^[\x21-\x7e]*$/.test(text) && !text.includes('%') ? text : encodeURIComponent(text).replaceAll('%2C', ',');
}

function isSchemeList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isScheme);
}

function isScheme(value: unknown): boolean {
  const { name, authenticate, challenges } = Object(value) as Partial<AuthScheme>;
  return typeof name === 'string' && typeof authenticate === 'function' && typeof challenges === 'function';
}
