import { bodyEndingRules, bodyFailureRules } from './body-ending-rules.ts';
import { bodyFlowRules } from './body-flow-rules.ts';
import type { PushBodyRule } from './body-rule-tools.ts';

/**
 * The rules that every `PushBody` must keep: `for (const rule of pushBodyRules) it(rule.name, () => rule.run(open))`.
 * For a kind of body that cannot fail, use `pushBodyRulesWithoutFailure`.
 */
export const pushBodyRulesWithoutFailure: readonly PushBodyRule[] = [...bodyFlowRules, ...bodyEndingRules];

export const pushBodyRules: readonly PushBodyRule[] = [...pushBodyRulesWithoutFailure, ...bodyFailureRules];
