import type { Command, CommandArgument, CommandOption } from '../commands/command.ts';
import { commonOptions } from '../format-help.ts';

/** Returns a completion script for zsh. */
export function zshCompletion(commands: readonly Command[]): string {
  const list = commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`);
  return `#compdef windhover
# Completion of windhover for zsh: put this into a file _windhover in a folder of $fpath
_windhover() {
  local -a commands
  commands=(
${list.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case "$words[1]" in
${commands.map(commandCase).join('\n')}
  esac
}
_windhover "$@"
`;
}

function commandCase({ name, options, arguments: positions = [] }: Command): string {
  const specs = [
    ...Object.entries({ ...options, help: commonOptions['help']! }).flatMap(([key, option]) =>
      optionSpecs(key, option),
    ),
    ...positions.map(
      (argument, index) => `${index + 1}${argument.optional === true ? '::' : ':'}${argument.name}:${action(argument)}`,
    ),
  ];
  return `    ${name}) _arguments ${specs.map(quote).join(' ')} ;;`;
}

function optionSpecs(name: string, option: CommandOption): readonly string[] {
  const about = `[${option.summary.replaceAll(/[[\]:]/g, ' ')}]`;
  const value = option.type === 'boolean' ? '' : `:${option.value}:${action(option)}`;
  const star = option.multiple === true ? '*' : '';
  const spellings = [`--${name}`, ...(option.short === undefined ? [] : [`-${option.short}`])];
  return spellings.map((spelling) => `${star}${spelling}${about}${value}`);
}

function action({ choices, completes }: Pick<CommandArgument, 'choices' | 'completes'>): string {
  if (choices !== undefined) return `(${choices.join(' ')})`;
  return completes === undefined ? '' : completes === 'file' ? '_files' : '_files -/';
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
