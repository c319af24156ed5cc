import { nearestName } from '@windhover/options';
import type { Values } from './merge-values.ts';
import { allSettings, oldDurations, variableName, whyNot } from './settings.ts';

/** The settings in the environment. */
export interface Variables {
  readonly values: Values;
  readonly problems: readonly string[];
  /** Messages about unknown variables. They may belong to other programs, so they are not problems. */
  readonly hints: readonly string[];
}

/** Variables for other purposes: the supervisor's message to its workers, and those that Kubernetes sets for a service of that name. */
const foreign = /^WINDHOVER_(?:WORKER$|(?:.*_)?SERVICE_(?:HOST|PORT)|(?:.*_)?PORT_\d+_(?:TCP|UDP|SCTP))/;

export function readVariables(env: Readonly<Record<string, string | undefined>>): Variables {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, { kind }] of Object.entries(allSettings)) {
    const variable = variableName(name);
    const given = env[variable];
    if (given === undefined || given === '') continue; // containers leave a variable unset by making it empty
    values[name] = kind.read(given);
    if (values[name] === undefined) problems.push(problem(variable, whyNot(kind, given), given));
  }
  const old = Object.keys(env).filter((variable) => env[variable] !== '' && withUnit.has(variable));
  problems.push(...old.map((variable) => `${variable} is ${withUnit.get(variable)} now, and takes units: 30s.`));
  return { values, problems, hints: Object.keys(env).flatMap(hint) };
}

const known = new Map(Object.keys(allSettings).map((name) => [variableName(name), name]));

/** Old variable names that included the unit, and their new names. */
const withUnit: ReadonlyMap<string, string> = new Map(
  oldDurations.map((name) => [`${variableName(name)}_MS`, variableName(name)] as const),
);

function problem(variable: string, why: string, given: string): string {
  const said = `${variable}: ${why}.`;
  if (!given.startsWith('tcp://')) return said;
  return `${said} Kubernetes sets it for a service of that name: rename the service, or set enableServiceLinks: false.`;
}

function hint(variable: string): string[] {
  const isOurs = variable.toUpperCase().startsWith('WINDHOVER_');
  if (!isOurs || known.has(variable) || withUnit.has(variable) || foreign.test(variable)) return [];
  const nearest = nearestName(variable.slice('WINDHOVER_'.length), known.values());
  const meant = nearest === undefined ? '' : ` Did you mean ${variableName(nearest)}?`;
  return [`The variable ${variable} means nothing here.${meant}`];
}
