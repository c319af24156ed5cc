import { defineCommand } from './command.ts';
import { configOption } from './config-option.ts';
import { control } from './control.ts';

/** `windhover reload`: a running server takes its configuration anew. */
export const reloadCommand = defineCommand({
  name: 'reload',
  summary: 'let a running server take its configuration anew, without losing a request',
  details:
    'All workers prepare the new configuration, then all switch or none. Listeners, limits, the number of workers and code need new workers, which replace the old ones one by one. With --workers they are replaced in any case, by the version that is installed now.',
  options: {
    config: configOption,
    workers: { type: 'boolean', summary: 'replace the workers too, for instance after an update' },
  },
  run: ({ options: { config, workers }, env, out, err }) =>
    control<null>(config, 'reload', { env, err }, () => out('Reloaded.\n'), { request: { workers } }),
});
