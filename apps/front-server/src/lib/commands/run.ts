import { runServer } from '../run-server.ts';
import { defineCommand } from './command.ts';
import { configOption } from './config-option.ts';

/** `windhover run`: starts the server, and ends when it has stopped. */
export const runCommand = defineCommand({
  name: 'run',
  summary: 'start the server',
  options: { config: configOption },
  run: ({ options: { config }, version }) => runServer(config, version),
});
