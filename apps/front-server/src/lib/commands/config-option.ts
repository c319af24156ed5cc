import { defaultConfig } from '../find-config.ts';
import type { CommandOption } from './command.ts';

/** `-c`, `--config`: the configuration file, for every command that reads one. */
export const configOption = {
  type: 'string',
  short: 'c',
  value: 'file',
  summary: 'the configuration: YAML, JSON or a module',
  default: defaultConfig,
  completes: 'file',
} as const satisfies CommandOption;
