import { anyText, checkOptions, listOf, milliseconds, type Rules, rule } from '@windhover/options';
import { optionError } from './errors.ts';
import type { TraceRule } from './trace-rule.ts';

const isStatus = (value: unknown): value is number =>
  Number.isInteger(value) && ((value as number) === 0 || ((value as number) >= 100 && (value as number) <= 999));

const ranges = rule(
  'a list of [first, last] with statuses from 100 to 999, or [0, 0]',
  (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (each) =>
        Array.isArray(each) && each.length === 2 && each.every(isStatus) && (each[0] as number) <= (each[1] as number),
    ),
);

const ruleRules: Rules<TraceRule> = {
  status: ranges,
  slowerThanMs: milliseconds('above 0'),
  paths: listOf(
    'paths',
    rule('a path that begins with /', (value) => typeof value === 'string' && value.startsWith('/')),
  ),
  methods: listOf('methods', anyText),
  share: rule('a number above 0 and up to 1', (value) => typeof value === 'number' && value > 0 && value <= 1),
};

/** Returns the rules if they are right. Throws `REQUEST_TRACE_OPTION_INVALID`. */
export function checkRules(rules: readonly TraceRule[] | undefined): readonly TraceRule[] | undefined {
  if (rules === undefined) return undefined;
  if (!Array.isArray(rules) || rules.length === 0) throw optionError('rules: expected a list with a rule or more');
  for (const [index, each] of (rules as readonly TraceRule[]).entries())
    checkOptions(each, ruleRules, (fault) => optionError(`rules[${index}]: ${fault}`));
  return rules;
}
