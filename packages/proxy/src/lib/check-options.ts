import {
  anyFunction,
  anyObject,
  anyText,
  checkOptions,
  listOf,
  milliseconds,
  oneOf,
  orNull,
  type Rule,
  type Rules,
  rule,
  trueOrFalse,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import { refuseMisplaced } from './check-upstreams.ts';
import { proxyError } from './proxy-error.ts';
import type { ReverseProxyOptions } from './reverse-proxy-options.ts';
import { isUpstreamHost } from './upstream-host.ts';

/** `createHttpClient` checks its own options. */
const ofClient: Rule = rule('anything', () => true);

const rules: Rules<ReverseProxyOptions> = {
  name: anyText,
  host: rule(
    "'client', 'upstream' or a host such as 'shop.internal'",
    (value) => typeof value === 'string' && isUpstreamHost(value),
  ),
  stripPrefix: rule('a path', (value) => typeof value === 'string'),
  forward: oneOf('canonical', 'as-sent'),
  forwarded: oneOf('x-forwarded', 'forwarded', 'both', 'none'),
  via: rule('a name without spaces', (value) => typeof value === 'string' && /^[!-~]+$/.test(value)),
  requestHeaders: anyObject,
  responseHeaders: anyObject,
  anonymous: trueOrFalse,
  rewriteLocation: trueOrFalse,
  cookies: anyObject,
  keepBodyBytes: wholeNumber(0),
  bufferRequestBytes: wholeNumber(0),
  bufferResponseBytes: wholeNumber(0),
  attempt: listOf('middlewares', anyFunction),
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
  pingAfterMs: ofClient,
  pingTimeoutMs: ofClient,
  maxIdlePerOrigin: ofClient,
};

/** Throws `PROXY_OPTION_INVALID`. */
export function checkProxyOptions(options: ReverseProxyOptions): void {
  refuseMisplaced(options, rules);
  checkOptions(options, rules, (fault) => proxyError('PROXY_OPTION_INVALID', fault));
}
