import { bodyEndingRules, bodyFailureRules } from './body-ending-rules.ts';
import { bodyFlowRules } from './body-flow-rules.ts';
import type { PushBodyRule } from './body-rule-tools.ts';

/**
 * The rules that every `PushBody` keeps: `for (const rule of pushBodyRules) it(rule.name, () => rule.run(open))`. A kind of body that
 * cannot fail keeps those that `pushBodyRulesWithoutFailure` has.
 */
export const pushBodyRulesWithoutFailure: readonly PushBodyRule[] = [...bodyFlowRules, ...bodyEndingRules];

export const pushBodyRules: readonly PushBodyRule[] = [...pushBodyRulesWithoutFailure, ...bodyFailureRules];
