import { defineCommand } from './command.ts';
import { configOption } from './config-option.ts';
import { control } from './control.ts';

/** `windhover stop`: a running server finishes its requests and ends. */
export const stopCommand = defineCommand({
  name: 'stop',
  summary: 'stop a running server; the requests under way are finished',
  options: { config: configOption },
  run: ({ options: { config }, env, out, err }) => control<null>(config, 'stop', { env, err }, () => out('Stopped.\n')),
});
