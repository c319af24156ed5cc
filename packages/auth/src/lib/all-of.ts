import type { HttpContext } from '@windhover/core';
import { type AuthScheme, isUser, type Verdict } from './auth-scheme.ts';
import type { User } from './user.ts';

/**
 * One scheme made of several that must all find a user, for instance a certificate and a password. The user is that of
 * the first scheme in the list. The first that finds wrong credentials decides
 * the answer. Without any credentials it finds nothing, so that `optional` lets a request pass; with some of them, it asks
 * for those that are missing.
 */
export function allOf(schemes: readonly AuthScheme[]): AuthScheme {
  if (schemes.length === 1) return schemes[0]!;
  return {
    name: schemes.map(({ name }) => name).join('+'),
    owns: schemes.flatMap(({ owns = [] }) => owns),
    keeps: schemes.flatMap(({ keeps = [] }) => keeps),
    authenticate: (context) => tryFrom(schemes, 0, nothing, context),
    challenges: (context) => schemes.flatMap((scheme) => scheme.challenges(context)),
  };
}

/** What the schemes before have found. */
interface Found {
  readonly user: User | null;
  /** The first scheme of whose kind the request has no credentials. */
  readonly lacking: AuthScheme | null;
}

const nothing: Found = { user: null, lacking: null };

function tryFrom(
  schemes: readonly AuthScheme[],
  start: number,
  before: Found,
  context: HttpContext,
): Verdict | Promise<Verdict> {
  let found = before;
  for (let index = start; index < schemes.length; index++) {
    const scheme = schemes[index]!;
    const verdict = scheme.authenticate(context);
    if (verdict instanceof Promise)
      return verdict.then((settled) => {
        const more = withVerdict(found, scheme, settled);
        return more === null || isPartial(more)
          ? outcome(more, settled, context)
          : tryFrom(schemes, index + 1, more, context);
      });
    const more = withVerdict(found, scheme, verdict);
    if (more === null || isPartial(more)) return outcome(more, verdict, context);
    found = more;
  }
  return found.user; // or null: the request has no credentials at all, so `optional` may let it pass
}

/** `null`: the verdict is neither a user nor nothing, so it decides. */
function withVerdict(found: Found, scheme: AuthScheme, verdict: Verdict): Found | null {
  if (isUser(verdict)) return { ...found, user: found.user ?? verdict };
  return verdict === null ? { ...found, lacking: found.lacking ?? scheme } : null;
}

/** Whether some of the credentials are there, and some are not. */
function isPartial({ user, lacking }: Found): boolean {
  return user !== null && lacking !== null;
}

function outcome(found: Found | null, verdict: Verdict, context: HttpContext): Verdict {
  return found === null ? verdict : missing(found.lacking!, context);
}

/** Asks only for what is missing: a browser that has sent a password need not ask for it again. */
function missing(scheme: AuthScheme, context: HttpContext): Verdict {
  return { refused: `no ${scheme.name}`, challenges: scheme.challenges(context) };
}
