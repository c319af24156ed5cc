import type { CommandOption } from './command.ts';

/** `-p`, `--port`, for commands without a configuration file. */
export const portOption = {
  type: 'string',
  short: 'p',
  value: 'port',
  summary: 'the port, reachable from this machine only (default: 8080)',
} as const satisfies CommandOption;

/** `-l`, `--listen`. */
export const listenOption = {
  type: 'string',
  short: 'l',
  value: 'address',
  summary: 'where to listen instead: :80 for every address, 10.0.0.5:80, [::1]:80, unix:/run/a.sock',
} as const satisfies CommandOption;

/** `--https`. */
export const httpsOption = {
  type: 'boolean',
  summary: 'HTTPS, with a certificate of this machine for localhost; windhover trust makes browsers trust it',
} as const satisfies CommandOption;
