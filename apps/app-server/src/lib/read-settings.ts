import { clientPolicy } from '@windhover/client-address';
import { disagreementWithin, mergeValues, type Values } from './merge-values.ts';
import { readConfig } from './read-config.ts';
import { readFlags } from './read-flags.ts';
import { readVariables } from './read-variables.ts';
import {
  flagName,
  generalSettings,
  limitSettings,
  type Settings,
  switchedOffByNone,
  variableName,
} from './settings.ts';

/** What was asked for: the settings, a text, or everything that is wrong. */
export type ReadSettings =
  | { readonly kind: 'settings'; readonly settings: Settings; readonly hints: readonly string[] }
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'misuse'; readonly message: string };

/** Reads flags, variables and the configuration file, in this order of rank. */
export async function readSettings(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<ReadSettings> {
  const flags = readFlags(args);
  if (flags.asked !== null) return { kind: flags.asked };
  const variables = readVariables(env);
  const file = (flags.values['config'] ?? variables.values['config']) as string | undefined;
  const config = file === undefined ? { values: {}, message: '' } : await readConfig(file);
  const problems = [
    ...flags.problems,
    disagreementWithin(flags.values, (name) => `--${flagName(name)}`),
    ...variables.problems,
    disagreementWithin(variables.values, variableName),
  ];
  const told = problems.filter((problem) => problem !== '').map((problem) => `${problem}\n`);
  const message = told.join('') + config.message;
  const values = mergeValues(mergeValues(config.values, variables.values), flags.values);
  const wrong = message === '' ? disagreement(values) : message;
  if (wrong !== '') return { kind: 'misuse', message: [...variables.hints, wrong].join('\n') };
  return { kind: 'settings', settings: toSettings(values), hints: variables.hints };
}

/** Settings that are right by themselves and wrong together. */
function disagreement(values: Values): string {
  if (values['app'] === undefined) return 'A module to host is missing: windhover-app app.mjs\n';
  if ((values['tlsCert'] === undefined) !== (values['tlsKey'] === undefined)) {
    const [has, needs] = values['tlsCert'] === undefined ? ['key', 'cert'] : ['cert', 'key'];
    return `--tls-${has} needs --tls-${needs}: HTTPS has both.\n`;
  }
  if (values['unixMode'] !== undefined && values['unix'] === undefined)
    return '--unix-mode needs --unix: it is about the file of that socket.\n';
  try {
    clientPolicy({ trust: (values['trustProxy'] ?? []) as string[] });
  } catch (error) {
    return `--trust-proxy: ${(error as Error).message}\n`;
  }
  if (values['control'] !== undefined && values['control'] === values['unix'])
    return '--control and --unix are the same path: a socket answers either requests or orders.\n';
  if (values['control'] !== undefined && (values['workers'] ?? null) === null)
    return '--control needs --workers: without them there is no supervisor to ask.\n';
  return '';
}

function toSettings(values: Values): Settings {
  const isSet = (name: string, value: unknown): boolean =>
    value !== undefined && (value !== null || switchedOffByNone.some((each) => each === name));
  const general = Object.entries(values).filter(([name, value]) => name in generalSettings && isSet(name, value));
  const limits = Object.entries(values).filter(([name, value]) => value !== undefined && name in limitSettings);
  return { ...Object.fromEntries(general), limits: Object.fromEntries(limits) };
}
