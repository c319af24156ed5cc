import type { HttpContext } from '@windhover/core';
import { type AuthScheme, isUser, type Verdict } from './auth-scheme.ts';
import type { User } from './user.ts';

/**
 * One scheme made of several that must all find a user, for instance a certificate and a password. The user is that of
 * the first scheme in the list. The first that finds none decides the answer.
 */
export function allOf(schemes: readonly AuthScheme[]): AuthScheme {
  if (schemes.length === 1) return schemes[0]!;
  return {
    name: schemes.map(({ name }) => name).join('+'),
    owns: schemes.flatMap(({ owns = [] }) => owns),
    authenticate: (context) => tryFrom(schemes, 0, null, context),
    challenges: (context) => schemes.flatMap((scheme) => scheme.challenges(context)),
  };
}

function tryFrom(
  schemes: readonly AuthScheme[],
  start: number,
  before: User | null,
  context: HttpContext,
): Verdict | Promise<Verdict> {
  let user = before;
  for (let index = start; index < schemes.length; index++) {
    const scheme = schemes[index]!;
    const verdict = scheme.authenticate(context);
    if (verdict instanceof Promise)
      return verdict.then((settled) =>
        isUser(settled) ? tryFrom(schemes, index + 1, user ?? settled, context) : missing(scheme, settled, context),
      );
    if (!isUser(verdict)) return missing(scheme, verdict, context);
    user ??= verdict;
  }
  return user;
}

/** Asks only for what is missing: a browser that has sent a password need not ask for it again. */
function missing(scheme: AuthScheme, verdict: Verdict, context: HttpContext): Verdict {
  return verdict ?? { refused: `no ${scheme.name}`, challenges: scheme.challenges(context) };
}
