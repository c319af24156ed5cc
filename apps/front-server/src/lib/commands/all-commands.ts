import { checkCommand } from './check.ts';
import type { Command } from './command.ts';
import { explainCommand } from './explain.ts';
import { runCommand } from './run.ts';

/** Every command, in the order of the help. */
export const allCommands: readonly Command[] = [runCommand, checkCommand, explainCommand];

/** Commands that people will look for but that are not built yet. */
export const plannedCommands: readonly string[] = [
  'reload',
  'stop',
  'status',
  'print',
  'serve',
  'proxy',
  'init',
  'service',
  'certs',
  'users',
  'app',
];
