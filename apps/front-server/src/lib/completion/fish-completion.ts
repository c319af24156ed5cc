import type { Command, CommandOption } from '../commands/command.ts';
import { commonOptions } from '../format-help.ts';

/** Returns a completion script for fish. */
export function fishCompletion(commands: readonly Command[]): string {
  const lines = commands.flatMap(({ name, summary, options, arguments: positions = [] }) => {
    const inside = `complete -c windhover -n '__fish_seen_subcommand_from ${name}'`;
    const choices = positions.flatMap(({ choices = [] }) => choices);
    return [
      `complete -c windhover -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
      ...(choices.length === 0 ? [] : [`${inside} -a ${quote(choices.join(' '))}`]),
      ...(positions.some(({ completes }) => completes !== undefined) ? [`${inside} -F`] : []),
      ...Object.entries(options).map(([key, option]) => `${inside}${optionFlags(key, option)}`),
    ];
  });
  const common = Object.entries(commonOptions).map(
    ([key, option]) => `complete -c windhover${optionFlags(key, option)}`,
  );
  return `# Completion of windhover for fish: put this into ~/.config/fish/completions/windhover.fish
complete -c windhover -f
${[...lines, ...common].join('\n')}
`;
}

function optionFlags(name: string, { short, type, choices, completes, summary }: CommandOption): string {
  const letter = short === undefined ? '' : ` -s ${short}`;
  const value = type === 'boolean' ? '' : completes === undefined ? ' -x' : ' -r -F';
  const words = choices === undefined ? '' : ` -a ${quote(choices.join(' '))}`;
  return `${letter} -l ${name}${value}${words} -d ${quote(summary)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
