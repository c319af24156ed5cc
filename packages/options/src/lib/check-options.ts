import { anyObject, type Rule } from './rules.ts';
import { unknownName } from './unknown-name.ts';

/** A rule for every option, so that a new one cannot be forgotten. */
export type Rules<Options> = { readonly [Name in keyof Options]-?: Rule };

/**
 * Checks options that an untyped program may pass: not an object, a misspelt name, a value of the wrong kind. An
 * `undefined` option counts as absent. `fail` creates the error, with a code of the calling package.
 */
export function checkOptions<Options extends object>(
  options: Options,
  rules: Rules<Options>,
  fail: (message: string) => Error,
): void {
  const fault = faultOf(options, rules);
  if (fault !== null) throw fail(fault);
}

function faultOf<Options extends object>(options: Options, rules: Rules<Options>): string | null {
  const fault = anyObject.fault(options, 'the options') ?? unknownName(options, Object.keys(rules));
  if (fault !== null) return fault;
  for (const [name, rule] of Object.entries<Rule>(rules)) {
    const value = options[name as keyof Options];
    const wrong = value === undefined ? null : rule.fault(value, name);
    if (wrong !== null) return wrong;
  }
  return null;
}
