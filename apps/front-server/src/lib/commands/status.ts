import { formatStatus, type ServerStatus } from '../format-status.ts';
import { defineCommand } from './command.ts';
import { configOption } from './config-option.ts';
import { control } from './control.ts';

/** A server that works answers at once, in milliseconds. */
const answerMs = 5000;

/** `windhover status`: what a running server is doing. */
export const statusCommand = defineCommand({
  name: 'status',
  summary: 'say what a running server is doing',
  options: { config: configOption, json: { type: 'boolean', summary: 'as JSON, for programs' } },
  run: ({ options: { config, json }, env, out, err }) =>
    control<ServerStatus>(
      config,
      'status',
      { env, err },
      (status) => out(json ? `${JSON.stringify(status, null, 2)}\n` : formatStatus(status, Date.now())),
      { timeoutMs: answerMs },
    ),
});
