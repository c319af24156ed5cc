import { checkCommand } from './check.ts';
import type { Command } from './command.ts';
import { explainCommand } from './explain.ts';
import { initCommand } from './init.ts';
import { printCommand } from './print.ts';
import { proxyCommand } from './proxy.ts';
import { runCommand } from './run.ts';
import { serveCommand } from './serve.ts';

/** Every command, in the order of the help. */
export const allCommands: readonly Command[] = [
  runCommand,
  checkCommand,
  explainCommand,
  printCommand,
  serveCommand,
  proxyCommand,
  initCommand,
];

/** Commands that people will look for but that are not built yet. */
export const plannedCommands: readonly string[] = ['reload', 'stop', 'status', 'service', 'certs', 'users', 'app'];
