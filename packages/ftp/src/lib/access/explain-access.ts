import { type FtpRule, fitsRule, mayAccess, type RuleUser } from './access-rule.ts';

/** Whether a user may read or write somewhere, and why. */
export interface ExplainedAccess {
  readonly isAllowed: boolean;
  readonly because: string;
}

/** Says which rule decides. `null` for rules: the default ones. */
export function explainAccess(
  rules: readonly FtpRule[] | null,
  user: RuleUser,
  to: 'read' | 'write',
  path: string,
): ExplainedAccess {
  if (rules === null) {
    const isAllowed = user.isAnonymous !== true || to === 'read';
    const because = isAllowed ? 'there are no `rules`' : 'there are no `rules`, so who is anonymous may only read';
    return { isAllowed, because };
  }
  const isAllowed = mayAccess(rules, user, to, path);
  const fitting = rules.flatMap((rule, index) => (fitsRule(rule, user, to, path) ? [{ rule, index }] : []));
  const deciding = fitting.find(({ rule }) => (rule.access === 'deny') === !isAllowed);
  if (deciding === undefined) return { isAllowed, because: 'no rule allows it' };
  return { isAllowed, because: `rules[${deciding.index}] ${isAllowed ? 'allows' : 'denies'} it` };
}
