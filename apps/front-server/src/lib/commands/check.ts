import { checkConfig } from '../start-front-server.ts';
import { defineCommand } from './command.ts';
import { configOption } from './config-option.ts';
import { refuseProblems } from './refuse-problems.ts';

/** `windhover check`: looks for mistakes in the configuration. */
export const checkCommand = defineCommand({
  name: 'check',
  summary: 'look for mistakes in the configuration, without starting',
  options: { config: configOption },
  async run({ options: { config }, out, err }) {
    const problems = await checkConfig(config);
    if (problems.length > 0) return refuseProblems(problems, err);
    out(`${config} is right.\n`);
    return 0;
  },
});
