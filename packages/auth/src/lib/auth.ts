import type { Handler, HttpContext, Middleware } from '@windhover/core';
import { anyFunction, checkOptions, type Rule, type Rules, rule, trueOrFalse } from '@windhover/options';
import { allOf } from './all-of.ts';
import { anyOf } from './any-of.ts';
import { type AuthScheme, isRefusal, isUser, schemeKey, type Verdict } from './auth-scheme.ts';
import { optionError, refusalError } from './errors.ts';
import { userKey } from './user.ts';

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
  /** Called when credentials were sent and refused, for logs and metrics. */
  readonly onRefused?: (refused: Refused, context: HttpContext) => void;
};

/** Why a request was refused. */
export interface Refused {
  /** The name of the scheme, or of the combination. */
  readonly scheme: string;
  readonly reason: string;
}

const schemeList: Rule = rule('a list of schemes', isSchemeList, () => 'something else');
const optionRules: Rules<{ any?: unknown; all?: unknown; optional?: unknown; onRefused?: unknown }> = {
  any: schemeList,
  all: schemeList,
  optional: trueOrFalse,
  onRefused: anyFunction,
};

/**
 * Finds the user of each request and sets `userKey`. Without one it answers 401 with the challenges of the schemes.
 * Throws `AUTH_OPTION_INVALID` when it is created.
 */
export function auth(options: AuthOptions): Middleware<HttpContext> {
  checkOptions(options, optionRules, optionError);
  const { any, all, optional = false, onRefused } = options;
  if ((any === undefined) === (all === undefined)) throw optionError('expected either any or all');
  const scheme = any === undefined ? allOf(all!) : anyOf(any);
  const decide = (verdict: Verdict, context: HttpContext, next: Handler<HttpContext>): void | Promise<void> => {
    if (verdict === 'answered') return undefined;
    if (verdict === null) {
      if (!optional) throw refusalError(401, scheme.challenges(context));
      context.set(schemeKey, scheme);
      return next(context);
    }
    if (isRefusal(verdict)) {
      onRefused?.({ scheme: scheme.name, reason: verdict.refused }, context);
      const { status = 401, challenges } = verdict;
      throw refusalError(status, challenges ?? (status === 401 ? scheme.challenges(context) : []));
    }
    if (!isUser(verdict)) throw new TypeError(`The scheme ${scheme.name} has found neither a user nor a reason`);
    context.set(userKey, verdict);
    return next(context);
  };
  return function auth(context, next) {
    const verdict = scheme.authenticate(context);
    if (verdict instanceof Promise) return verdict.then((settled) => decide(settled, context, next));
    return decide(verdict, context, next);
  };
}

function isSchemeList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isScheme);
}

function isScheme(value: unknown): boolean {
  const { name, authenticate, challenges } = Object(value) as Partial<AuthScheme>;
  return typeof name === 'string' && typeof authenticate === 'function' && typeof challenges === 'function';
}
