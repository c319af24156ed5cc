import type { AccessRule, accessDecider } from '@windhover/auth';
import type { ClientIdentity, HttpRequest } from '@windhover/core';
import type { Reason } from '@windhover/core/feature';
import { loginOf } from './explained-login.ts';

/** Says what the rules make of a request, as far as that can be told without checking its credentials. */
export function explainAuthorize(
  decide: ReturnType<typeof accessDecider>,
  rules: readonly AccessRule[],
  request: HttpRequest,
  client: ClientIdentity,
): Reason {
  const decided = decide(request, client, null);
  if (decided === null)
    return { decision: 'answers 400', because: 'servers behind could read another path', answers: true, status: 400 };
  const { allowed, rule: position, needsUser } = decided;
  const login = loginOf(request);
  const because = position === null ? 'no rule fits' : `rule ${position + 1} is the first that fits`;
  const asked = position === null ? rules : rules.slice(0, position + 1);
  if (login === 'unknown' && (allowed ? asked.some(asksForUser) : needsUser)) {
    const which = 'a rule asks who the user is';
    return { decision: 'depends on the user', because: which, unless: 'answers 403' };
  }
  if (allowed) return { decision: 'lets it pass', because };
  if (!needsUser) return { decision: 'answers 403', because, answers: true, status: 403 };
  if (login === undefined)
    return {
      decision: 'answers 403',
      because: `${because} without a user, and no \`auth\` finds one`,
      answers: true,
      status: 403,
    };
  return { decision: 'answers 401', because: `${because} without a user`, answers: true, status: 401 };
}

function asksForUser({ allow, deny }: AccessRule): boolean {
  const who = allow ?? deny;
  if (typeof who !== 'object') return who !== 'everyone';
  return ['user', 'role', 'claim', 'login'].some((key) => key in who);
}
