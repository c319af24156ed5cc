import { isObject, refuseOption as refuse } from './check-option.ts';
import type { ControlCommands } from './control-server.ts';

const taken = ['status', 'reload', 'stop'];

/** Checks the option `commands`. Throws `SUPERVISOR_OPTION_INVALID`. */
export function checkCommands(commands: ControlCommands): ControlCommands {
  if (!isObject(commands)) throw refuse('commands', 'expected an object with a function for each name', commands);
  for (const [name, run] of Object.entries(commands)) {
    if (taken.includes(name))
      throw refuse(`commands.${name}`, 'expected a name that the supervisor does not have', name);
    if (typeof run !== 'function') throw refuse(`commands.${name}`, 'expected a function', run);
  }
  return commands;
}
