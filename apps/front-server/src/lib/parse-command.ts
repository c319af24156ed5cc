import { parseArgs } from 'node:util';
import { nearestName } from '@windhover/options';
import type { Command, CommandInput, CommandOption } from './commands/command.ts';
import { commonOptions, formatArgument } from './format-help.ts';

/** The request of the command line. */
export type ParsedCommand =
  | ({ readonly kind: 'run'; readonly command: Command } & Pick<CommandInput, 'options' | 'arguments'>)
  | { readonly kind: 'help'; readonly command: Command | null }
  | { readonly kind: 'version' }
  | { readonly kind: 'misuse'; readonly message: string; readonly command: Command | null };

/** The commands that exist, and those that are not built yet. */
export interface CommandTable {
  readonly commands: readonly Command[];
  readonly planned: readonly string[];
}

interface OptionToken {
  readonly name: string;
  /** As written: `-c` or `--config`. */
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

/** Parses the arguments after `node main.js`. */
export function parseCommand(args: readonly string[], table: CommandTable): ParsedCommand {
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: optionsOfAll(table.commands),
    allowPositionals: true,
    strict: false, // its own errors have no suggestions
    tokens: true,
  });
  const written = tokens.filter((token) => token.kind === 'option');
  const [name, ...rest] = positionals;
  const command = table.commands.find((each) => each.name === name) ?? null;
  if (name !== undefined && name !== 'help' && command === null) return unknownCommand(name, table);
  const problem = optionProblem(written, command, table.commands);
  if (problem !== null) return { kind: 'misuse', message: problem, command };
  if (name === 'help') return helpFor(rest[0], table);
  if (written.some((token) => token.name === 'help')) return { kind: 'help', command };
  if (written.some((token) => token.name === 'version')) return { kind: 'version' };
  if (command === null) {
    const message = `A command is missing: ${plainNames(table.commands.map((each) => each.name))}.`;
    return { kind: 'misuse', message, command };
  }
  const wrong = argumentProblem(rest, command);
  if (wrong !== null) return { kind: 'misuse', message: wrong, command };
  return { kind: 'run', command, options: valuesOf(written, command.options), arguments: rest };
}

/** An option has the same type and letter in every command, so the command may stand behind its options. */
function optionsOfAll(commands: readonly Command[]): Record<string, { type: 'string' | 'boolean'; short?: string }> {
  const all = Object.assign({}, ...commands.map(({ options }) => options), commonOptions) as typeof commonOptions;
  return Object.fromEntries(
    Object.entries(all).map(([name, { type, short }]) => [name, short === undefined ? { type } : { type, short }]),
  );
}

function helpFor(name: string | undefined, table: CommandTable): ParsedCommand {
  const command = table.commands.find((each) => each.name === name) ?? null;
  return name === undefined || command !== null ? { kind: 'help', command } : unknownCommand(name, table);
}

function unknownCommand(name: string, { commands, planned }: CommandTable): ParsedCommand {
  if (planned.includes(name))
    return { kind: 'misuse', message: `The command ${name} is not built yet.`, command: null };
  const names = commands.map((each) => each.name);
  return { kind: 'misuse', message: withNearest(`There is no command ${name}.`, name, '', names), command: null };
}

function optionProblem(
  tokens: readonly OptionToken[],
  command: Command | null,
  commands: readonly Command[],
): string | null {
  const known = {
    ...(command?.options ?? Object.assign({}, ...commands.map(({ options }) => options))),
    ...commonOptions,
  };
  const given = new Set<string>();
  for (const { name, rawName, value, inlineValue } of tokens) {
    const option: CommandOption | undefined = Object.hasOwn(known, name) ? known[name] : undefined;
    if (option === undefined) return unknownOption(name, rawName, command, commands, Object.keys(known));
    if (option.type === 'boolean') {
      if (value !== undefined) return `${rawName} takes no value.`;
      continue;
    }
    const isOption = inlineValue !== true && value !== undefined && /^-./.test(value);
    if (value === undefined || value === '' || isOption) return `${rawName} needs a ${option.value ?? 'value'}.`;
    if (given.has(name) && option.multiple !== true) return `${rawName} is given twice.`;
    given.add(name);
    if (option.choices?.includes(value) === false)
      return withNearest(`${rawName} must be ${plainNames(option.choices)}.`, value, '', option.choices);
  }
  return null;
}

function unknownOption(
  name: string,
  rawName: string,
  command: Command | null,
  commands: readonly Command[],
  known: readonly string[],
): string {
  const others = commands.filter(({ options }) => Object.hasOwn(options, name)).map((each) => each.name);
  if (command !== null && others.length > 0)
    return `${command.name} has no option ${rawName}: it belongs to ${plainNames(others, 'and')}.`;
  const nearest = nearestName(name, known) ?? onlyBeginning(name, known);
  if (nearest !== undefined) return `There is no option ${rawName}. Did you mean --${nearest}?`;
  const ofAll = Object.keys(Object.assign({}, ...commands.map(({ options }) => options)));
  const elsewhere = nearestName(name, ofAll) ?? onlyBeginning(name, ofAll);
  if (command === null || elsewhere === undefined) return `There is no option ${rawName}.`;
  const owners = commands.filter(({ options }) => Object.hasOwn(options, elsewhere)).map((each) => each.name);
  return `There is no option ${rawName}. If you mean --${elsewhere}: ${command.name} has none, it belongs to ${plainNames(owners, 'and')}.`;
}

/** The only name that begins like this: `config` for `conf`. */
function onlyBeginning(written: string, names: readonly string[]): string | undefined {
  const found = names.filter((name) => name.startsWith(written));
  return found.length === 1 && written.length > 1 ? found[0] : undefined;
}

function argumentProblem(given: readonly string[], command: Command): string | null {
  const { name, arguments: positions = [], options } = command;
  const missing = positions[given.length];
  if (missing !== undefined && missing.optional !== true)
    return `${name} needs ${positions.map(formatArgument).join(' ')}: ${missing.name} is missing.`;
  const extra = given[positions.length];
  if (extra !== undefined) {
    const hint = positions.length === 0 && 'config' in options ? ': name the file with --config' : '';
    return `${name} takes no ${JSON.stringify(extra)}${hint}.`;
  }
  for (const [index, { name: what, choices }] of positions.entries()) {
    const value = given[index];
    if (value !== undefined && choices?.includes(value) === false)
      return withNearest(`${what} must be ${plainNames(choices)}, found ${JSON.stringify(value)}.`, value, '', choices);
  }
  return null;
}

function valuesOf(tokens: readonly OptionToken[], options: Command['options']): CommandInput['options'] {
  const values = Object.entries(options).map(([name, option]) => {
    const given = tokens.filter((token) => token.name === name);
    if (option.type === 'boolean') return [name, given.length > 0];
    if (option.multiple === true) return [name, given.map(({ value }) => value!)];
    return [name, given[0]?.value ?? option.default];
  });
  return Object.fromEntries(values) as CommandInput['options'];
}

function plainNames(names: readonly string[], word = 'or'): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;
}

function withNearest(problem: string, written: string, prefix: string, names: readonly string[]): string {
  const nearest = nearestName(written, names);
  return nearest === undefined ? problem : `${problem} Did you mean ${prefix}${nearest}?`;
}
