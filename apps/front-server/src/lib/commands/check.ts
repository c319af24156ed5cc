import { formatProblems } from '@windhover/host';
import { TransportError } from '@windhover/transport';
import { createListenerTls } from '../create-listener-tls.ts';
import { inspectConfig } from '../inspect-config.ts';
import { defineCommand } from './command.ts';
import { configOption } from './config-option.ts';
import { refuseProblems } from './refuse-problems.ts';

const nothing = (): void => undefined;
/** The features have told of their certificates already. */
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** `windhover check`: looks for mistakes in the configuration. */
export const checkCommand = defineCommand({
  name: 'check',
  summary: 'look for mistakes in the configuration, without starting',
  options: { config: configOption },
  run: ({ options: { config }, out, err }) =>
    inspectConfig(config, async (loaded) => {
      if (!loaded.ok) return refuseProblems(loaded.problems, err);
      try {
        for (const listener of loaded.config.listeners) await createListenerTls(listener, loaded.config, quiet);
      } catch (error) {
        if (!TransportError.is(error)) throw error;
        err(`${error.message}\n`);
        return 2;
      }
      err(formatProblems(loaded.warnings, 'warning'));
      out(`${config} is right.\n`);
      return 0;
    }),
});
