import type { Level } from '@windhover/core/feature';
import { phaseOrder } from '@windhover/core/feature';
import { describeValue, listNames, nearestName } from '@windhover/options';
import { asMap } from './config-path.ts';

/** What is wrong with the default export of a plugin. */
export interface FeatureFault {
  readonly message: string;
  readonly suggestion?: string | undefined;
}

const levelNames: readonly Level[] = ['listener', 'top', 'site', 'route'];

/** The members of a feature: what each must be, and whether it is. */
const members: readonly (readonly [name: string, expected: string, isRight: (value: unknown) => boolean])[] = [
  ['name', 'a text', (value) => typeof value === 'string'],
  ['schema', 'a Standard Schema, such as one of zod', hasSchema],
  ['levels', `a list of ${listNames(levelNames)}`, Array.isArray],
  ['phases', 'a list of phases', Array.isArray],
  ['combine', '`add` or `replace`', (value) => value === 'add' || value === 'replace'],
  ['create', 'a function', isFunction],
];

/** Says why a value is no feature; `null`: it is one. */
export function featureFault(part: unknown): FeatureFault | null {
  const given = asMap(part);
  if (given !== part || !members.some(([name]) => name in given))
    return { message: 'expected a package whose default export is a feature, or a list of features and resources' };
  const which = typeof given['name'] === 'string' ? `the feature \`${given['name']}\`` : 'a feature';
  const wrong = members.filter(([name, , isRight]) => !isRight(given[name]));
  if (wrong.length > 0) {
    const expected = wrong.map(([name, what]) => `\`${name}\`, ${what}`).join('; ');
    const found = wrong.map(([name]) => describeValue(given[name])).join(', ');
    return { message: `expected ${which} with ${expected}, found ${found}` };
  }
  return (
    wrongEntry(which, 'levels', given['levels'], levelNames) ?? wrongEntry(which, 'phases', given['phases'], phaseOrder)
  );
}

function wrongEntry(which: string, key: string, given: unknown, names: readonly string[]): FeatureFault | null {
  const wrong = (given as readonly unknown[]).find((entry) => !names.includes(entry as string));
  if (wrong === undefined) return null;
  return {
    message: `expected \`${key}\` of ${which} to be of ${listNames(names)}, found ${describeValue(wrong)}`,
    suggestion: nearestName(String(wrong), names),
  };
}

/** Whether a value is a Standard Schema. In some libraries a schema is a function. */
export function hasSchema(schema: unknown): boolean {
  const isPossible = (typeof schema === 'object' || typeof schema === 'function') && schema !== null;
  return isPossible && '~standard' in (schema as object);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
