import { appCommand } from './app.ts';
import { certsCommand } from './certs.ts';
import { checkCommand } from './check.ts';
import type { Command } from './command.ts';
import { completionCommand } from './completion.ts';
import { configCommand } from './config.ts';
import { deployCommand } from './deploy.ts';
import { explainCommand } from './explain.ts';
import { initCommand } from './init.ts';
import { printCommand } from './print.ts';
import { proxyCommand } from './proxy.ts';
import { reloadCommand } from './reload.ts';
import { runCommand } from './run.ts';
import { serveCommand } from './serve.ts';
import { serviceCommand } from './service.ts';
import { statusCommand } from './status.ts';
import { stopCommand } from './stop.ts';
import { tokensCommand } from './tokens.ts';
import { trustCommand } from './trust.ts';
import { usersCommand } from './users.ts';

/** Every command, in the order of the help. */
export const allCommands: readonly Command[] = [
  runCommand,
  checkCommand,
  reloadCommand,
  stopCommand,
  statusCommand,
  appCommand,
  certsCommand,
  trustCommand,
  configCommand,
  deployCommand,
  explainCommand,
  printCommand,
  serveCommand,
  proxyCommand,
  initCommand,
  serviceCommand,
  usersCommand,
  tokensCommand,
  completionCommand,
];

/** Commands that people will look for but that are not built yet. */
export const plannedCommands: readonly string[] = [];
