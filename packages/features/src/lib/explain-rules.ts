import type { ClientIdentity, HttpRequest } from '@windhover/core';
import type { Reason } from '@windhover/core/feature';
import type { RuleOutcome, RuleSet } from '@windhover/rewrite';

/** One reason for each rule that matches, with what it makes of the request. */
export function explainRules(rules: RuleSet, asked: HttpRequest, client: ClientIdentity): readonly Reason[] {
  const reasons: Reason[] = [];
  const request = asked.copy();
  const outcome = rules.run(request, client, ({ label, did }) => {
    reasons.push({ decision: did, because: `${label} matches`, url: request.url });
  });
  if (outcome instanceof Promise) {
    outcome.catch(() => undefined); // nobody waits for what is on the disk
    return [
      ...reasons,
      { decision: 'decides when it runs', because: 'a rule looks for a file', unless: 'answers or rewrites' },
    ];
  }
  if (outcome.kind !== 'pass') reasons.push({ ...reasons.pop()!, answers: true, ...factsOf(outcome) });
  return reasons.length > 0 ? reasons : [{ decision: 'passes the request on', because: 'no rule matches' }];
}

function factsOf(outcome: RuleOutcome): Pick<Reason, 'status' | 'location'> {
  if (outcome.kind === 'redirect') return { status: outcome.status, location: outcome.location };
  return outcome.kind === 'respond' ? { status: outcome.status } : {};
}
