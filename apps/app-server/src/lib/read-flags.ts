import { parseArgs } from 'node:util';
import { nearestName } from '@windhover/host';
import type { Values } from './merge-values.ts';
import { onOff } from './setting-kinds.ts';
import { allSettings, flagName, found, type Setting } from './settings.ts';

/** What the command line says. */
export interface Flags {
  readonly asked: 'help' | 'version' | null;
  readonly values: Values;
  readonly problems: readonly string[];
}

const byFlag = new Map(
  Object.entries(allSettings).map(([name, setting]) => [flagName(name), { name, setting }] as const),
);

/** Flags that are none of the settings, and their letters. */
const questions: Readonly<Record<string, string>> = { help: 'h', version: 'v' };

const shorts = new Map([
  ...[...byFlag].map(([flag, { setting }]) => [setting.short, flag] as const),
  ...Object.entries(questions).map(([flag, letter]) => [letter, flag] as const),
]);

export function readFlags(args: readonly string[]): Flags {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  let asked: Flags['asked'] = null;
  let strayAt = -1; // where the value of a misspelt flag would stand
  for (const token of tokensOf(args)) {
    if (token.kind === 'positional') {
      if (token.index === strayAt) continue;
      if ('app' in values) problems.push(`${JSON.stringify(token.value)}: expected one module, found a second.`);
      else values['app'] = token.value;
    } else if (token.kind === 'option') {
      const flag = shorts.get(token.name) ?? token.name;
      if (flag === 'help' || flag === 'version') asked ??= flag;
      else if (byFlag.has(flag)) problems.push(...readFlag(flag, token.rawName, token.value, values));
      else {
        const nearest = nearestName(flag, [...byFlag.keys(), ...Object.keys(questions)]);
        problems.push(
          `There is no option ${token.rawName}.${nearest === undefined ? '' : ` Did you mean --${nearest}?`}`,
        );
        if (token.value === undefined && !isSwitch(nearest)) strayAt = token.index + 1;
      }
    }
  }
  return { asked, values, problems };
}

function isSwitch(flag: string | undefined): boolean {
  return flag !== undefined && (flag in questions || byFlag.get(flag)?.setting.kind === onOff);
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
  // Not strict: its own errors know no suggestions.
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
  return value === undefined ? [`${written}: expected ${setting.kind.expected}, found ${found(given)}.`] : [];
}
