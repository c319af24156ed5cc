import type { AppFeatures } from './app-features.ts';
import { disagreements, type Wording } from './disagreements.ts';
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

/** The result: the settings, a text that was requested, or all problems. */
export type ReadSettings =
  | {
      readonly kind: 'settings';
      readonly settings: Settings;
      /** The features around the application; `null` for none. */
      readonly features: AppFeatures | null;
      readonly hints: readonly string[];
      /** Returns how the source of a setting spells it. */
      readonly wordingOf: (name: string) => Wording;
    }
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'misuse'; readonly message: string };

/** Reads flags, variables and the configuration file. Flags override variables, and variables override the file. */
export async function readSettings(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<ReadSettings> {
  const flags = readFlags(args);
  if (flags.asked !== null) return { kind: flags.asked };
  const variables = readVariables(env);
  const file = (flags.values['config'] ?? variables.values['config']) as string | undefined;
  const stronger = mergeValues(variables.values, flags.values);
  const nameOf = (name: string): string => (name in flags.values ? `--${flagName(name)}` : variableName(name));
  const config = await readConfig(file, stronger, nameOf);
  const problems = [
    ...flags.problems,
    disagreementWithin(flags.values, (name) => `--${flagName(name)}`),
    ...variables.problems,
    disagreementWithin(variables.values, variableName),
  ];
  const message = toLines(problems) + config.message;
  const values = mergeValues(mergeValues(config.values, variables.values), flags.values);
  const wordingOf = wordings(flags.values, variables.values, config.values, file);
  const wrong = message === '' ? toLines(disagreements(values, wordingOf)) : message;
  const { features } = config;
  if (wrong === '')
    return { kind: 'settings', settings: toSettings(values), features, hints: variables.hints, wordingOf };
  await features?.dispose();
  return { kind: 'misuse', message: [...variables.hints, wrong].join('\n') };
}

function toLines(problems: readonly string[]): string {
  return problems.map((problem) => (problem === '' ? '' : `${problem}\n`)).join('');
}

/** Spells a setting as its strongest source does, or as on the command line if no source sets it. */
function wordings(flags: Values, variables: Values, config: Values, file = ''): (name: string) => Wording {
  const ofFlags: Wording = { place: '', nameOf: (name) => `--${flagName(name)}` };
  const ofVariables: Wording = { place: '', nameOf: variableName };
  const ofFile: Wording = { place: `${file}: `, nameOf: (name) => `\`${name}\`` };
  return (name) => {
    if (name in flags) return ofFlags;
    if (name in variables) return ofVariables;
    return name in config ? ofFile : ofFlags;
  };
}

function toSettings(values: Values): Settings {
  const isSet = (name: string, value: unknown): boolean =>
    value !== undefined && (value !== null || switchedOffByNone.some((each) => each === name));
  const general = Object.entries(values).filter(([name, value]) => name in generalSettings && isSet(name, value));
  const limits = Object.entries(values).filter(([name, value]) => value !== undefined && name in limitSettings);
  return { ...Object.fromEntries(general), limits: Object.fromEntries(limits) };
}
