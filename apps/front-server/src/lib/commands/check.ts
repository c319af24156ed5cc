import { formatProblems } from '@windhover/host';
import { certificateFault } from '../certificate-fault.ts';
import { inspectConfig } from '../inspect-config.ts';
import { defineCommand } from './command.ts';
import { configOption } from './config-option.ts';
import { refuseProblems } from './refuse-problems.ts';

/** `windhover check`: looks for mistakes in the configuration. */
export const checkCommand = defineCommand({
  name: 'check',
  summary: 'look for mistakes in the configuration, without starting',
  options: { config: configOption },
  run: ({ options: { config }, env, out, err }) =>
    inspectConfig(
      config,
      async (loaded) => {
        if (!loaded.ok) return refuseProblems(loaded.problems, err);
        const fault = await certificateFault(loaded.config);
        if (fault !== null) {
          err(`${fault}\n`);
          return 2;
        }
        err(formatProblems(loaded.warnings, 'warning'));
        out(`${config} is right.\n`);
        return 0;
      },
      { env },
    ),
});
