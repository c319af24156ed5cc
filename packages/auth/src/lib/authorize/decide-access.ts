import type { AccessFacts, CompiledRule } from './compile-rules.ts';

/** What rules say about a request. */
export interface AccessDecision {
  readonly allowed: boolean;
  /** Position of the rule that decided; `null`: none fitted. */
  readonly rule: number | null;
  /** Whether a refusal could turn out otherwise for somebody who logs in: 401 instead of 403. */
  readonly needsUser: boolean;
}

/** The first rule that fits decides. If none fits, the answer is no. */
export function decideAccess(rules: readonly CompiledRule[], facts: AccessFacts): AccessDecision {
  let needsUser = false;
  for (const [index, rule] of rules.entries()) {
    if (!rule.fitsRequest(facts)) continue;
    if (rule.fitsUser(facts.user)) {
      const couldLogIn = facts.user === null && !rule.allows && (needsUser || rule.asksForUser);
      return { allowed: rule.allows, rule: index, needsUser: couldLogIn };
    }
    if (facts.user === null && rule.allows) needsUser = true;
  }
  return { allowed: false, rule: null, needsUser };
}
