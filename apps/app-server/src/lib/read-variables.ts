import { nearestName } from '@windhover/options';
import type { Values } from './merge-values.ts';
import { allSettings, oldDurations, variableName, whyNot } from './settings.ts';

/** What the environment says. */
export interface Variables {
  readonly values: Values;
  readonly problems: readonly string[];
  /** About variables that mean nothing. They may be somebody else's, so they are no problems. */
  readonly hints: readonly string[];
}

/** Not meant for us: the supervisor's word to its workers, and what Kubernetes tells of a service of that name. */
const foreign = /^WINDHOVER_(?:WORKER$|(?:.*_)?SERVICE_(?:HOST|PORT)|(?:.*_)?PORT_\d+_(?:TCP|UDP|SCTP))/;

export function readVariables(env: Readonly<Record<string, string | undefined>>): Variables {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, { kind }] of Object.entries(allSettings)) {
    const variable = variableName(name);
    const given = env[variable];
    if (given === undefined || given === '') continue; // an empty one is how containers leave something unset
    values[name] = kind.read(given);
    if (values[name] === undefined) problems.push(problem(variable, whyNot(kind, given), given));
  }
  const old = Object.keys(env).filter((variable) => env[variable] !== '' && withUnit.has(variable));
  problems.push(...old.map((variable) => `${variable} is ${withUnit.get(variable)} now, and takes units: 30s.`));
  return { values, problems, hints: Object.keys(env).flatMap(hint) };
}

const known = new Map(Object.keys(allSettings).map((name) => [variableName(name), name]));

/** What was named after its unit, and its name without. */
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
