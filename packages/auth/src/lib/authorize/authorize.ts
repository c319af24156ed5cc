import type { ClientIdentity, HttpContext, HttpRequest, Middleware } from '@windhover/core';
import { checkOptions, oneOf, type Rules, trueOrFalse } from '@windhover/options';
import { schemeKey } from '../auth-scheme.ts';
import { optionError } from '../errors.ts';
import { refuse } from '../refuse.ts';
import { type User, userKey } from '../user.ts';
import type { AccessRule } from './access-rule.ts';
import { compileRules } from './compile-rules.ts';
import { type AccessDecision, decideAccess } from './decide-access.ts';
import { comparablePath } from './match-path.ts';
import { leaveMayShow, mayShowBy } from './may-show.ts';

/** Says whether a request may pass. `user` is `null` for somebody who has not logged in. */
export type AccessPredicate = (
  user: User | null,
  request: HttpRequest,
  client: ClientIdentity,
) => boolean | Promise<boolean>;

/** Options of `authorize`. */
export interface AuthorizeOptions {
  /** Whether paths, names and roles are compared without case, as IIS does. Default: false. */
  readonly ignoreCase?: boolean;
  /**
   * With rules by path: what becomes of a path that servers behind could read as another one, `/public%2F..%2Fadmin` or
   * `/public/..;/admin`. Default: `refuse`, with 400.
   */
  readonly ambiguousPaths?: 'refuse' | 'pass';
}

const optionRules: Rules<AuthorizeOptions> = { ignoreCase: trueOrFalse, ambiguousPaths: oneOf('refuse', 'pass') };

/**
 * Lets a request pass if the first rule that fits allows it, or if a function says so. Otherwise it answers 403, or 401
 * if it would help to log in and `auth` has let the request pass without a user. Throws `AUTH_OPTION_INVALID`.
 */
export function authorize(
  rules: readonly AccessRule[] | AccessPredicate,
  options: AuthorizeOptions = {},
): Middleware<HttpContext> {
  checkOptions(options, optionRules, optionError);
  return typeof rules === 'function' ? byPredicate(rules) : byRules(rules, options);
}

function byRules(rules: readonly AccessRule[], options: AuthorizeOptions): Middleware<HttpContext> {
  const decide = accessDecider(rules, options);
  const mayShow = rules.some(usesPath) ? mayShowBy(decide) : null;
  return function authorize(context, next) {
    const { request, client } = context;
    const decision = decide(request, client, context.get(userKey) ?? null);
    if (decision === null) return refuse(context.response, 400);
    if (!decision.allowed) return refuseUser(context, decision.needsUser);
    if (mayShow !== null) leaveMayShow(context, mayShow);
    return next(context);
  };
}

function usesPath({ allow, deny }: AccessRule): boolean {
  const who = allow ?? deny;
  return typeof who === 'object' && who.path !== undefined;
}

/** The decision of `authorize` alone, for explanations; `null` for an ambiguous path, which is answered with 400. */
export function accessDecider(
  rules: readonly AccessRule[],
  { ignoreCase = false, ambiguousPaths = 'refuse' }: AuthorizeOptions = {},
): (
  request: Pick<HttpRequest, 'path' | 'method'>,
  client: Pick<ClientIdentity, 'address'>,
  user: User | null,
) => AccessDecision | null {
  const compiled = compileRules(rules, ignoreCase);
  const usesPath = compiled.some((rule) => rule.usesPath);
  return ({ path: whole, method }, { address }, user) => {
    const path = usesPath ? comparablePath(whole) : whole;
    if (path === null && ambiguousPaths === 'refuse') return null;
    return decideAccess(compiled, { path: path ?? whole, method, address, user });
  };
}

function byPredicate(mayPass: AccessPredicate): Middleware<HttpContext> {
  return function authorize(context, next) {
    const user = context.get(userKey) ?? null;
    const answer = mayPass(user, context.request, context.client);
    if (answer === true) return next(context);
    if (answer instanceof Promise)
      return answer.then((settled) => (settled === true ? next(context) : refuseUser(context, user === null)));
    return refuseUser(context, user === null);
  };
}

function refuseUser(context: HttpContext, needsUser: boolean): void {
  const scheme = context.get(schemeKey);
  if (!needsUser || scheme === undefined) refuse(context.response, 403);
  else refuse(context.response, 401, scheme.challenges(context));
}
