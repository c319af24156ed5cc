import { defineCommand } from './command.ts';
import { configOption } from './config-option.ts';
import { refuseProblems } from './refuse-problems.ts';
import { withConfig } from './with-config.ts';

/** `windhover print`: the configuration as it takes effect. */
export const printCommand = defineCommand({
  name: 'print',
  summary: 'print the configuration as it takes effect, and where each value comes from',
  details: 'Included files are merged, variables replaced and defaults added. What is printed could be loaded again.',
  options: {
    config: configOption,
    schema: { type: 'boolean', summary: 'print the JSON Schema of configurations instead, for editors' },
  },
  async run({ options: { config, schema }, env, out, err }) {
    const { editorSchema, printConfig } = await import('@windhover/config');
    if (schema) {
      const { distributionWithoutLogs } = await import('../distribution.ts');
      const definition = distributionWithoutLogs();
      out(`${JSON.stringify(editorSchema(definition, 'Windhover'), null, 2)}\n`);
      return 0;
    }
    return withConfig(
      config,
      (loaded) => {
        if (!loaded.ok) return refuseProblems(loaded.problems, err);
        out(printConfig(loaded.written));
        return 0;
      },
      { env },
    );
  },
});
