import type { CommandOption } from './command.ts';

/** `-c`, `--config`: the configuration file, for every command that reads one. */
export const configOption = {
  type: 'string',
  short: 'c',
  value: 'file',
  summary: 'the configuration, YAML or JSON',
  default: './windhover.yaml',
  completes: 'file',
} as const satisfies CommandOption;
