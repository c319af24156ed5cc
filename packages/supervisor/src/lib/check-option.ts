import { SupervisorError } from './errors.ts';

/** The error for an option with an unexpected value. */
export function refuseOption(name: string, what: string, ...got: readonly unknown[]): SupervisorError {
  const end = got.length === 0 ? '' : `, found ${show(got[0])}`;
  return new SupervisorError('SUPERVISOR_OPTION_INVALID', `${name}: ${what}${end}`);
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') return `a ${typeof value}`;
  try {
    return value instanceof URL ? value.href : JSON.stringify(value);
  } catch {
    return 'an object'; // a circular one
  }
}

/** Throws if `value` is not an object, or has a property that is not in `known`. */
export function checkObject(name: string, value: unknown, known: object): void {
  const names = Object.keys(known);
  if (!isObject(value)) throw refuseOption(name, `expected an object with ${names.join(', ')}`, value);
  const unknown = Object.keys(value).find((each) => !Object.hasOwn(known, each));
  if (unknown === undefined) return;
  const path = name.endsWith(')') ? unknown : `${name}.${unknown}`;
  throw refuseOption(path, `there is no such option. Expected ${names.join(', ')}`);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function checkNumber(name: string, value: number, min: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw refuseOption(name, `expected a whole number from ${min} to ${max}`, value);
}

export function checkSwitch(name: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value;
  throw refuseOption(name, 'expected true or false', value);
}

export function checkTexts(name: string, value: readonly string[]): readonly string[] {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw refuseOption(name, 'expected a list of strings', value);
}

/** Throws if `value` lacks one of the methods. */
export function checkMethods<T extends object>(name: string, value: T, methods: readonly (keyof T & string)[]): T {
  const missing = methods.filter((method) => typeof (value as T | null)?.[method] !== 'function');
  if (missing.length === 0) return value;
  const found = isObject(value) ? `an object without ${missing.join(', ')}` : show(value);
  throw new SupervisorError(
    'SUPERVISOR_OPTION_INVALID',
    `${name}: expected an object with the functions ${methods.join(', ')}, found ${found}`,
  );
}
