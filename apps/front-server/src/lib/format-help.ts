import type { Command, CommandArgument, CommandOption } from './commands/command.ts';

const help: CommandOption = { type: 'boolean', short: 'h', summary: 'this text' };
const version: CommandOption = { type: 'boolean', short: 'v', summary: 'the version' };

/** Options that every command has. */
export const commonOptions: Readonly<Record<string, CommandOption>> = { help, version };

const exitCodes = `Exit codes:
  0   stopped when asked to; the configuration is right
  1   could not start or go on: a port in use for instance
  2   the command line or the configuration is wrong
`;

/** Returns the text of `windhover --help`. */
export function formatHelp(commands: readonly Command[]): string {
  const list = rows(commands.map(({ name, summary }) => [name, summary]));
  const options = rows(Object.entries(commonOptions).map(([name, option]) => describeOption(name, option)));
  return `Usage: windhover <command> [options]

Commands:
${list}
Options:
${options}
windhover <command> --help says what a command can do.

${exitCodes}`;
}

/** Returns the text of `windhover COMMAND --help`. */
export function formatCommandHelp(command: Command): string {
  const { name, summary, details, examples = [], arguments: positions = [] } = command;
  const options = Object.entries({ ...command.options, help }).map(([key, option]) => describeOption(key, option));
  const parts = [
    `Usage: ${['windhover', name, ...positions.map(formatArgument), '[options]'].join(' ')}\n`,
    `${sentence(summary)}\n${details === undefined ? '' : `${details}\n`}`,
    positions.length === 0 ? '' : `Arguments:\n${rows(positions.map((each) => [each.name, each.summary]))}`,
    `Options:\n${rows(options)}`,
    examples.length === 0 ? '' : `Examples:\n${examples.map((line) => `  ${line}\n`).join('')}`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** Formats an argument for a line of usage: `[DIR]` when it may be left out. */
export function formatArgument({ name, optional, choices }: CommandArgument): string {
  const shown = choices?.join('|') ?? name;
  return optional === true ? `[${shown}]` : shown;
}

function describeOption(name: string, option: CommandOption): [string, string] {
  const { short, value, summary, multiple, default: taken } = option;
  const letter = short === undefined ? '    ' : `-${short}, `;
  const more = multiple === true ? '; may be given several times' : '';
  const otherwise = taken === undefined || taken === '' ? '' : ` (default: ${taken})`;
  return [`${letter}--${name}${value === undefined ? '' : ` <${value}>`}`, `${summary}${more}${otherwise}`];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Two columns; the first is as wide as its longest entry. */
function rows(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([first]) => first.length));
  return lines.map(([first, second]) => `  ${first.padEnd(width)}   ${second}\n`).join('');
}
