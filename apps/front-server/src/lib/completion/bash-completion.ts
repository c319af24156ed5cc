import type { Command, CommandArgument, CommandOption } from '../commands/command.ts';
import { commonOptions } from '../format-help.ts';

/** Returns a completion script for bash 3.2 and newer. */
export function bashCompletion(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name);
  return `# Completion of windhover for bash: source this file, or put it into ~/.local/share/bash-completion/completions/windhover
_windhover() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="" index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in
      ${names.join('|')}) command="\${COMP_WORDS[index]}"; break ;;
    esac
  done
  COMPREPLY=()
  case "$command $before" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$command" in
    "") COMPREPLY=($(compgen -W "${[...names, ...spelled(commonOptions)].join(' ')}" -- "$word")) ;;
${commands.map(commandCase).join('\n')}
  esac
}
complete -F _windhover windhover
`;
}

/** The values of an option, where it stands before the word. */
function valueCases({ name, options }: Command): readonly string[] {
  return Object.entries(options)
    .filter(([, { type }]) => type === 'string')
    .map(([key, option]) => {
      const patterns = spelled({ [key]: option }).map((spelling) => `"${name} ${spelling}"`);
      return `    ${patterns.join('|')}) ${replyWith(option) ?? ''}return ;;`;
    });
}

function commandCase({ name, options, arguments: positions = [] }: Command): string {
  const words = spelled({ ...options, help: commonOptions['help']! });
  const choices = positions.flatMap(({ choices = [] }) => choices);
  const files = positions.map(replyWithFiles).find((reply) => reply !== null);
  const own = `COMPREPLY=($(compgen -W "${[...choices, ...words].join(' ')}" -- "$word"))`;
  return files === undefined
    ? `    ${name}) ${own} ;;`
    : `    ${name}) if [[ "$word" == -* ]]; then ${own}; else ${files}fi ;;`;
}

function replyWith(option: CommandOption): string | null {
  if (option.choices !== undefined) return `COMPREPLY=($(compgen -W "${option.choices.join(' ')}" -- "$word")); `;
  return replyWithFiles(option);
}

function replyWithFiles({ completes }: Pick<CommandArgument, 'completes'>): string | null {
  if (completes === undefined) return null;
  const flag = completes === 'file' ? '-f' : '-d';
  return `compopt -o filenames 2>/dev/null; while IFS= read -r index; do COMPREPLY+=("$index"); done < <(compgen ${flag} -- "$word"); `;
}

/** Every spelling of the options: `--config` and `-c`. */
function spelled(options: Command['options']): readonly string[] {
  return Object.entries(options).flatMap(([name, { short }]) => [
    `--${name}`,
    ...(short === undefined ? [] : [`-${short}`]),
  ]);
}
