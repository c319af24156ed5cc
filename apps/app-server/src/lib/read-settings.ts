import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { clientPolicy } from '@windhover/client-address';
import { formatProblems, loadSettings, nearestName } from '@windhover/host';
import { z } from 'zod';
import { onOff } from './setting-kinds.ts';
import { flagName, generalSettings, limitSettings, type Setting, type Settings, variableName } from './settings.ts';

/** What was asked for: the settings, a text, or everything that is wrong. */
export type ReadSettings =
  | { readonly kind: 'settings'; readonly settings: Settings; readonly hints: readonly string[] }
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'misuse'; readonly message: string };

type Values = Record<string, unknown>;

const limits: Readonly<Record<string, Setting>> = limitSettings;
const all: Readonly<Record<string, Setting>> = { ...generalSettings, ...limits };
const byFlag = new Map(Object.entries(all).map(([name, setting]) => [flagName(name), { name, setting }] as const));
const shorts: Readonly<Record<string, string>> = { c: 'config', h: 'help', p: 'port', v: 'version', w: 'workers' };
/** Paths: in a file they are meant from where the file is. */
const pathNames = ['app', 'unix', 'tlsCert', 'tlsKey', 'control'];

/** Reads flags, variables and the configuration file, in this order of rank. */
export async function readSettings(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<ReadSettings> {
  const flags = readFlags(args);
  if (flags.asked !== null) return { kind: flags.asked };
  const variables = readVariables(env);
  const problems = [...flags.problems, ...variables.problems];
  const file = (flags.values['config'] ?? variables.values['config']) as string | undefined;
  const loaded = file === undefined ? { values: {}, message: '' } : await readFile(file);
  const message = problems.map((problem) => `${problem}\n`).join('') + loaded.message;
  const values = { ...loaded.values, ...variables.values, ...flags.values };
  const wrong = message === '' ? disagreement(values) : '';
  if (message !== '' || wrong !== '') return { kind: 'misuse', message: message + wrong };
  return { kind: 'settings', settings: toSettings(values), hints: variables.hints };
}

interface Flags {
  readonly asked: 'help' | 'version' | null;
  readonly values: Values;
  readonly problems: readonly string[];
}

function readFlags(args: readonly string[]): Flags {
  const values: Values = {};
  const problems: string[] = [];
  let asked: Flags['asked'] = null;
  for (const token of tokensOf(args)) {
    if (token.kind === 'positional') {
      if ('app' in values) problems.push(`${JSON.stringify(token.value)}: expected one module, found a second.`);
      else values['app'] = token.value;
    } else if (token.kind === 'option') {
      const flag = Object.hasOwn(shorts, token.name) ? shorts[token.name]! : token.name;
      if (flag === 'help' || flag === 'version') asked ??= flag;
      else problems.push(...readFlag(flag, token.rawName, token.value, values));
    }
  }
  return { asked, values, problems };
}

function tokensOf(args: readonly string[]) {
  const types = [...byFlag].map(
    ([flag, { setting }]) => [flag, setting.kind === onOff ? 'boolean' : 'string'] as const,
  );
  const options = Object.fromEntries(
    [...types, ['help', 'boolean'] as const, ['version', 'boolean'] as const].map(([flag, type]) => {
      const short = Object.keys(shorts).find((letter) => shorts[letter] === flag);
      return [flag, short === undefined ? { type } : { type, short }];
    }),
  );
  // Not strict: its own errors know no suggestions.
  return parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true }).tokens;
}

function readFlag(flag: string, written: string, given: string | undefined, values: Values): string[] {
  const known = byFlag.get(flag);
  if (known === undefined) {
    const nearest = nearestName(flag, [...byFlag.keys(), 'help', 'version']);
    return [`There is no option ${written}.${nearest === undefined ? '' : ` Did you mean --${nearest}?`}`];
  }
  const { name, setting } = known;
  const isSwitch = setting.kind === onOff;
  const value = given === undefined && isSwitch ? true : setting.kind.read(given ?? '');
  values[name] = value;
  return value === undefined ? [`${written}: expected ${setting.kind.expected}, found ${found(given)}.`] : [];
}

function readVariables(env: Readonly<Record<string, string | undefined>>): {
  values: Values;
  problems: string[];
  hints: string[];
} {
  const values: Values = {};
  const problems: string[] = [];
  const known = new Map<string, string>();
  for (const name of Object.keys(all)) {
    const variable = variableName(name);
    known.set(variable, name);
    const given = env[variable];
    if (given === undefined || given === '') continue; // an empty one is how containers leave something unset
    values[name] = all[name]!.kind.read(given);
    if (values[name] === undefined)
      problems.push(`${variable}: expected ${all[name]!.kind.expected}, found ${found(given)}.`);
  }
  // Others may be somebody else's: worth a word only if they look like ours.
  const strangers = Object.keys(env).filter((variable) => variable.startsWith('WINDHOVER_') && !known.has(variable));
  const hints = strangers.flatMap((variable) => {
    const nearest = nearestName(variable.slice('WINDHOVER_'.length), [...known.values()]);
    return nearest === undefined ? [] : [`${variable} means nothing here. Did you mean ${variableName(nearest)}?`];
  });
  return { values, problems, hints };
}

const optional = (settings: Readonly<Record<string, Setting>>) =>
  Object.fromEntries(Object.entries(settings).map(([name, { kind }]) => [name, kind.schema.optional()]));
const { config: _, ...inFile } = generalSettings;
const fileSchema = z.strictObject({ ...optional(inFile), limits: z.strictObject(optional(limits)).optional() });

async function readFile(file: string): Promise<{ values: Values; message: string }> {
  const loaded = await loadSettings(file, fileSchema);
  if (!loaded.ok) return { values: {}, message: formatProblems(loaded.problems) };
  const { limits, ...values } = loaded.settings as Values & { limits?: Values };
  const folder = dirname(resolve(file));
  for (const name of pathNames) {
    if (typeof values[name] === 'string') values[name] = resolve(folder, values[name] as string);
  }
  return { values: { ...values, ...limits }, message: '' };
}

/** Settings that are right by themselves and wrong together. */
function disagreement(values: Values): string {
  if (values['app'] === undefined) return 'A module to host is missing: windhover-app app.mjs\n';
  if ((values['tlsCert'] === undefined) !== (values['tlsKey'] === undefined)) {
    const [has, needs] = values['tlsCert'] === undefined ? ['key', 'cert'] : ['cert', 'key'];
    return `--tls-${has} needs --tls-${needs}: HTTPS has both.\n`;
  }
  if (values['unix'] !== undefined && (values['port'] ?? values['host']) !== undefined)
    return '--unix stands instead of --port and --host: leave them out, or leave it out.\n';
  try {
    clientPolicy({ trust: (values['trustProxy'] ?? []) as string[] });
  } catch (error) {
    return `--trust-proxy: ${(error as Error).message}\n`;
  }
  if (values['control'] !== undefined && values['workers'] === undefined)
    return '--control needs --workers: without them there is no supervisor to ask.\n';
  return '';
}

function toSettings(values: Values): Settings {
  const general = Object.entries(values).filter(([name, value]) => value !== undefined && name in generalSettings);
  const limitValues = Object.entries(values).filter(([name, value]) => value !== undefined && name in limits);
  return { ...Object.fromEntries(general), limits: Object.fromEntries(limitValues) };
}

function found(given: string | undefined): string {
  return given === undefined || given === '' ? 'nothing' : JSON.stringify(given);
}
