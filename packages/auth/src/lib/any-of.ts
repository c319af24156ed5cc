import type { HttpContext } from '@windhover/core';
import { type AuthScheme, isRefusal, type Refusal, type Verdict } from './auth-scheme.ts';

/**
 * One scheme made of several: the first that finds a user decides. A refusal of one does not stop the others. If none
 * finds a user, clients get the challenges of all, in the order of the list.
 */
export function anyOf(schemes: readonly AuthScheme[]): AuthScheme {
  if (schemes.length === 1) return schemes[0]!;
  return {
    name: schemes.map(({ name }) => name).join('|'),
    owns: schemes.flatMap(({ owns = [] }) => owns),
    keeps: schemes.flatMap(({ keeps = [] }) => keeps),
    authenticate: (context) => tryFrom(schemes, 0, null, context),
    challenges: (context) => schemes.flatMap((scheme) => scheme.challenges(context)),
  };
}

interface Refused {
  readonly refusal: Refusal;
  readonly scheme: AuthScheme;
}

function tryFrom(
  schemes: readonly AuthScheme[],
  start: number,
  before: Refused | null,
  context: HttpContext,
): Verdict | Promise<Verdict> {
  let refused = before;
  for (let index = start; index < schemes.length; index++) {
    const scheme = schemes[index]!;
    const verdict = scheme.authenticate(context);
    if (verdict instanceof Promise)
      return verdict.then((settled) => {
        if (settled !== null && !isRefusal(settled)) return settled;
        return tryFrom(schemes, index + 1, firstRefused(refused, scheme, settled), context);
      });
    if (verdict !== null && !isRefusal(verdict)) return verdict;
    refused = firstRefused(refused, scheme, verdict);
  }
  return refused === null ? null : refuseAs(refused, schemes, context);
}

function firstRefused(before: Refused | null, scheme: AuthScheme, refusal: Refusal | null): Refused | null {
  return before ?? (refusal === null ? null : { refusal, scheme });
}

/** The refusing scheme's own challenge stands in its place among the others. */
function refuseAs({ refusal, scheme }: Refused, schemes: readonly AuthScheme[], context: HttpContext): Refusal {
  const { status = 401, challenges: own } = refusal;
  if (status !== 401) return refusal;
  const challenges = schemes.flatMap((each) => (each === scheme && own !== undefined ? own : each.challenges(context)));
  return { ...refusal, challenges };
}
