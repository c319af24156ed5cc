import { allCommands, plannedCommands } from './commands/all-commands.ts';
import type { Command, CommandInput } from './commands/command.ts';
import { configOption } from './commands/config-option.ts';
import { findConfig } from './find-config.ts';
import { formatCommandHelp, formatHelp } from './format-help.ts';
import { parseCommand } from './parse-command.ts';

/** Runs one command of the command line and returns the exit code, which the help explains. */
export async function runCommand(
  args: readonly string[],
  surroundings: Pick<CommandInput, 'version' | 'env' | 'out' | 'err'>,
): Promise<number> {
  const { version, out, err } = surroundings;
  const parsed = parseCommand(args, { commands: allCommands, planned: plannedCommands });
  switch (parsed.kind) {
    case 'help':
      out(parsed.command === null ? formatHelp(allCommands) : formatCommandHelp(parsed.command));
      return 0;
    case 'version':
      out(`${version}\n`);
      return 0;
    case 'misuse':
      err(`${parsed.message}\nSee windhover ${parsed.command === null ? '' : `${parsed.command.name} `}--help.\n`);
      return 2;
    case 'run':
      return parsed.command.run({
        ...surroundings,
        options: withFoundConfig(parsed.command, parsed.options),
        arguments: parsed.arguments,
        commands: allCommands,
      });
  }
}

/** Every command that reads a configuration finds it in the same way. */
function withFoundConfig({ options }: Command, values: CommandInput['options']): CommandInput['options'] {
  const { config } = values as { readonly config?: unknown };
  const isRead = options['config'] === configOption && typeof config === 'string';
  return isRead ? ({ ...values, config: findConfig(config) } as CommandInput['options']) : values;
}
