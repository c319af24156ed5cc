import {
  anyFunction,
  anyText,
  checkOptions,
  milliseconds,
  oneOf,
  orNull,
  type Rule,
  type Rules,
  rule,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import { proxyError } from './proxy-error.ts';
import type { ReverseProxyOptions } from './reverse-proxy.ts';

/** `createHttpClient` checks its own options. */
const ofClient: Rule = rule('anything', () => true);

const rules: Rules<ReverseProxyOptions> = {
  name: anyText,
  host: oneOf('client', 'upstream'),
  stripPrefix: rule('a path', (value) => typeof value === 'string'),
  forward: oneOf('canonical', 'as-sent'),
  keepBodyBytes: wholeNumber(0),
  tunnelIdleMs: orNull(milliseconds('above 0')),
  restMs: milliseconds('from 0 on'),
  log: withFunctions(['debug', 'info', 'warn', 'error']),
  onUpstream: anyFunction,
  clock: ofClient,
  client: withFunctions(['request', 'close'], 'what createHttpClient() makes'),
  connectTimeoutMs: ofClient,
  headTimeoutMs: ofClient,
  bodyTimeoutMs: ofClient,
  idleTimeoutMs: ofClient,
  maxIdlePerOrigin: ofClient,
};

/** Throws `PROXY_OPTION_INVALID`. */
export function checkProxyOptions(options: ReverseProxyOptions): void {
  checkOptions(options, rules, (fault) => proxyError('PROXY_OPTION_INVALID', fault));
}
