import { isRecord, kindOf, showValue } from './describe-value.ts';
import { expectedFound } from './expected-found.ts';

/** The rule for the values of an option. */
export interface Rule {
  /** Completes the sentence "expected …". */
  readonly expected: string;
  /** Describes the fault of a value at `path`: `port: expected …, found …`; `null` if it is valid. */
  fault(value: unknown, path: string): string | null;
}

/** Creates a rule. `show` formats invalid values for the message; use `kindOf` if they may be secrets. */
export function rule(expected: string, isValid: (value: unknown) => boolean, show = showValue): Rule {
  const fault = (value: unknown, path: string): string | null =>
    isValid(value) ? null : `${path}: ${expectedFound(expected, value, { show })}`;
  return { expected, fault };
}

export const anyFunction = rule('a function', (value) => typeof value === 'function', kindOf);
export const trueOrFalse = rule('true or false', (value) => typeof value === 'boolean');
export const anyText = rule('a text', (value) => typeof value === 'string' && value !== '');
export const anyObject = rule('an object', isRecord, kindOf);

export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): Rule {
  const expected = `a whole number${max === Number.MAX_SAFE_INTEGER ? `, ${min} or more` : ` from ${min} to ${max}`}`;
  return rule(expected, (value) => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max);
}

/** Milliseconds, from 0 on or above 0. */
export function milliseconds(from: 'from 0 on' | 'above 0'): Rule {
  const isEnough = (value: number): boolean => (from === 'above 0' ? value > 0 : value >= 0);
  return rule(`milliseconds ${from}`, (value) => Number.isFinite(value) && isEnough(value as number));
}

export function oneOf(...values: readonly string[]): Rule {
  return rule(values.map((value) => `'${value}'`).join(' or '), (value) => values.includes(value as string));
}

/** An object with the given methods, such as a clock or a log. `made` says how to get one. */
export function withFunctions(names: readonly string[], made = `an object with ${names.join('(), ')}()`): Rule {
  const hasAll = (value: unknown): boolean =>
    value !== null && value !== undefined && names.every((name) => typeof Object(value)[name] === 'function');
  return rule(made, hasAll, kindOf);
}

export function orNull({ expected, fault }: Rule): Rule {
  return rule(`${expected}, or null for no limit`, (value) => value === null || fault(value, '') === null);
}

/** A list whose entries follow a rule. */
export function listOf(plural: string, entry: Rule): Rule {
  const expected = `a list of ${plural}`;
  const list = rule(expected, Array.isArray, kindOf);
  const fault = (value: unknown, path: string): string | null => {
    if (!Array.isArray(value)) return list.fault(value, path);
    const index = value.findIndex((each) => entry.fault(each, '') !== null);
    return index === -1 ? null : entry.fault(value[index], `${path}[${index}]`);
  };
  return { expected, fault };
}
