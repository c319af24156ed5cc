import type { Handler, HttpContext, Logger } from '@windhover/core';
import { checkOptions, type Rules, withFunctions } from '@windhover/options';
import type { ConnectListener } from './connect-listener.ts';
import { connectError } from './errors.ts';
import { HostedCall } from './hosted-call.ts';
import { requireInternals } from './node-internals.ts';

/** A handler that is also a middleware. */
export type ConnectHandler = (context: HttpContext, next?: Handler<HttpContext>) => void | Promise<void>;

/** Options for running a hosted application. Everything is optional. */
export interface FromConnectOptions {
  /** Receives failures that happen too late to change the answer. Default: the console. */
  readonly log?: Logger;
}

const optionRules: Rules<FromConnectOptions> = { log: withFunctions(['debug', 'info', 'warn', 'error']) };

/**
 * Runs a Node listener on a Windhover server. As a handler it gives the final answer; as a middleware it may call `next`, which runs the
 * rest of the pipeline with the headers it has set. Throws `CONNECT_LISTENER_INVALID` and `CONNECT_OPTION_INVALID` at creation.
 */
export function fromConnect(listener: ConnectListener, options: FromConnectOptions = {}): ConnectHandler {
  if (typeof listener !== 'function') throw connectError('CONNECT_LISTENER_INVALID', `got ${typeof listener}`);
  checkOptions(options, optionRules, (fault) => connectError('CONNECT_OPTION_INVALID', `fromConnect(): ${fault}`));
  requireInternals();
  const log = options.log ?? console;
  return function hosted(context, next) {
    return new HostedCall(context, log).run(listener, next);
  };
}
