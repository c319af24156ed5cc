import { parseArgs } from 'node:util';
import { nearestName } from '@windhover/options';
import type { Values } from './merge-values.ts';
import { onOff } from './setting-kinds.ts';
import { allSettings, flagName, type Setting, whyNot } from './settings.ts';

/** The content of the command line. */
export interface Flags {
  readonly asked: 'help' | 'version' | null;
  readonly values: Values;
  readonly problems: readonly string[];
}

const byFlag = new Map(
  Object.entries(allSettings).map(([name, setting]) => [flagName(name), { name, setting }] as const),
);

/** Flags that are not settings, and their short forms. */
const questions: Readonly<Record<string, string>> = { help: 'h', version: 'v' };

const shorts = new Map([
  ...[...byFlag]
    .filter(([, { setting }]) => setting.short !== '')
    .map(([flag, { setting }]) => [setting.short, flag] as const),
  ...Object.entries(questions).map(([flag, letter]) => [letter, flag] as const),
]);

export function readFlags(args: readonly string[]): Flags {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  let asked: Flags['asked'] = null;
  let strayAt = -1; // the index at which the value of a misspelt flag would be
  for (const token of tokensOf(args)) {
    if (token.kind === 'positional') {
      if (token.index === strayAt) continue;
      if (token.value === '') problems.push('"": expected a module, found nothing.');
      else if ('app' in values) problems.push(second(token.value, args[token.index - 1]));
      else values['app'] = token.value;
    } else if (token.kind === 'option') {
      const flag = shorts.get(token.name) ?? token.name;
      if (flag === 'help' || flag === 'version') asked ??= flag;
      else if (byFlag.has(flag)) problems.push(...readFlag(flag, token.rawName, token.value, values));
      else {
        const withoutUnit = flag.replace(/-ms$/, '');
        const nearest = byFlag.has(withoutUnit)
          ? withoutUnit
          : nearestName(flag, [...byFlag.keys(), ...Object.keys(questions)]);
        problems.push(`There is no option ${token.rawName}.${meant(flag, nearest)}`);
        if (token.value === undefined && !isSwitch(nearest)) strayAt = token.index + 1;
      }
    }
  }
  return { asked, values, problems };
}

function meant(flag: string, nearest: string | undefined): string {
  const positive = flag.replace(/^no-/, '');
  if (positive !== flag && byFlag.get(positive)?.setting.kind === onOff) return ` Did you mean --${positive}=false?`;
  return nearest === undefined ? '' : ` Did you mean --${nearest}?`;
}

function second(module: string, before: string | undefined): string {
  const said = `${JSON.stringify(module)}: expected one module, found a second.`;
  const isAfterSwitch = before?.startsWith('--') === true && byFlag.get(before.slice(2))?.setting.kind === onOff;
  return isAfterSwitch ? `${said} ${before} needs no value, and takes one with =, as in ${before}=false.` : said;
}

function isSwitch(flag: string | undefined): boolean {
  return flag !== undefined && (Object.hasOwn(questions, flag) || byFlag.get(flag)?.setting.kind === onOff);
}

function tokensOf(args: readonly string[]) {
  const flags = [
    ...[...byFlag].map(([flag, { setting }]) => [flag, setting.short] as const),
    ...Object.entries(questions),
  ];
  const options = Object.fromEntries(
    flags.map(([flag, short]) => {
      const type = isSwitch(flag) ? ('boolean' as const) : ('string' as const);
      return [flag, short === '' ? { type } : { type, short }];
    }),
  );
  // Not strict, because its own errors have no suggestions.
  return parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true }).tokens;
}

function readFlag(
  flag: string,
  written: string,
  given: string | undefined,
  values: Record<string, unknown>,
): readonly string[] {
  const { name, setting } = byFlag.get(flag) as { name: string; setting: Setting };
  const value = given === undefined && setting.kind === onOff ? true : setting.kind.read(given ?? '');
  values[name] = value;
  return value === undefined ? [`${written}: ${whyNot(setting.kind, given ?? '')}.`] : [];
}
