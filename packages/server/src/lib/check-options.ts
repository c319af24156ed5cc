import { anyFunction, anyObject, checkOptions, oneOf, type Rules, withFunctions } from '@windhover/options';
import { serverError } from './errors.ts';
import type { ServerOptions } from './server-options.ts';

const rules: Rules<ServerOptions> = {
  limits: anyObject,
  log: withFunctions(['debug', 'info', 'warn', 'error']),
  clock: withFunctions(['now', 'schedule']),
  wheel: withFunctions(['createDeadline'], 'what createTimerWheel() makes'),
  halfClose: oneOf('abort', 'allow'),
  onProtocolError: anyFunction,
};

/** Throws `SERVER_OPTION_INVALID` for an option that `createServer()` does not accept, before it can do harm. */
export function checkServerOptions(options: ServerOptions): void {
  checkOptions(options, rules, (fault) => serverError('SERVER_OPTION_INVALID', `createServer(): ${fault}`));
}
