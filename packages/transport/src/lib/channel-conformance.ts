import { closingRules } from './closing-rules.ts';
import { deliveryRules } from './delivery-rules.ts';
import { forwardingRules } from './forwarding-rules.ts';
import type { ChannelRule } from './rule-tools.ts';
import { writingRules } from './writing-rules.ts';

/**
 * The rules that every driver must pass: `for (const rule of channelRules) it(rule.name, () => rule.run(openPair))`.
 */
export const channelRules: readonly ChannelRule[] = [
  ...deliveryRules,
  ...writingRules,
  ...closingRules,
  ...forwardingRules,
];
