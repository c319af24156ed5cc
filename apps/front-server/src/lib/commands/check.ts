import { formatProblems } from '@windhover/config/read';
import { defineCommand } from './command.ts';
import { configOption } from './config-option.ts';
import { refuseProblems } from './refuse-problems.ts';
import { withConfig } from './with-config.ts';

/** `windhover check`: looks for mistakes in the configuration. */
export const checkCommand = defineCommand({
  name: 'check',
  summary: 'look for mistakes in the configuration, without starting',
  options: { config: configOption },
  run: ({ options: { config }, env, out, err }) =>
    withConfig(
      config,
      async (loaded) => {
        if (!loaded.ok) return refuseProblems(loaded.problems, err);
        const { certificateFault } = await import('../certificate-fault.ts');
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
