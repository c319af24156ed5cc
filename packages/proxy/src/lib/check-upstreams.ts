import { parseOrigin } from '@windhover/http-client';
import {
  anyFunction,
  anyObject,
  anyText,
  checkOptions,
  listOf,
  milliseconds,
  oneOf,
  type Rule,
  type Rules,
  rule,
  trueOrFalse,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import { balanceNames } from './balance/create-balancer.ts';
import type { BreakerOptions } from './health/circuit-breaker.ts';
import type { EjectOptions } from './health/ejection.ts';
import type { HealthOptions } from './health/health-options.ts';
import type { WarmUpOptions } from './health/warm-up.ts';
import { cookieName, headerName, methodName, requestPath } from './name-rules.ts';
import { proxyError } from './proxy-error.ts';
import type { RetryOptions } from './retry-policy.ts';
import type { StickyOptions } from './sticky.ts';
import type { ServerList, UpstreamServer } from './upstream-server.ts';
import type { ConnectionOptions, UpstreamsOptions } from './upstreams-options.ts';

const share = rule('a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1);
const numberAboveZero = rule('a number above 0', (value) => Number.isFinite(value) && (value as number) > 0);
const anything = rule('anything', () => true);
const reason = rule("'connect', 'reset', 'timeout', 'bad-response', '5xx' or a status from 100 to 599", (value) =>
  /^(?:connect|reset|timeout|bad-response|5xx|[1-5]\d\d)$/.test(String(value)),
);
const statuses = rule("a status from 100 to 599, or a class such as '2xx'", (value) =>
  /^[1-5](?:xx|\d\d)$/.test(String(value)),
);

const isHash = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  const { hash, boundedLoad } = value as { hash?: unknown; boundedLoad?: unknown };
  if (boundedLoad !== undefined && !(typeof boundedLoad === 'number' && boundedLoad > 1)) return false;
  if (hash === 'client' || hash === 'uri' || hash === 'path') return true;
  const { header, cookie } = Object(hash) as { header?: unknown; cookie?: unknown };
  return headerName.fault(header, '') === null || cookieName.fault(cookie, '') === null;
};

const rules: Rules<UpstreamsOptions> = {
  name: anyText,
  balance: rule(
    `one of ${balanceNames.join(', ')}, or { hash: 'client' } and the like`,
    (value) => (balanceNames as readonly unknown[]).includes(value) || isHash(value),
  ),
  sticky: within<StickyOptions>({
    cookie: cookieName,
    header: headerName,
    secret: anyText,
    maxAgeMs: milliseconds('above 0'),
    sameSite: oneOf('Strict', 'Lax', 'None'),
  }),
  connections: within<ConnectionOptions>({
    max: wholeNumber(1),
    queue: wholeNumber(0),
    queueTimeoutMs: milliseconds('above 0'),
  }),
  discover: withFunctions(['look']),
  health: within<HealthOptions>({
    path: requestPath,
    method: methodName,
    host: anyText,
    everyMs: milliseconds('above 0'),
    timeoutMs: milliseconds('above 0'),
    rise: wholeNumber(1),
    fall: wholeNumber(1),
    statuses: listOf('statuses', statuses),
    body: anyText,
  }),
  eject: within<EjectOptions>({
    failures: wholeNumber(1),
    forMs: milliseconds('above 0'),
    maxMs: milliseconds('above 0'),
    maxShare: share,
  }),
  breaker: within<BreakerOptions>({
    errorShare: rule('a number above 0, up to 1', (value) => typeof value === 'number' && value > 0 && value <= 1),
    minRequests: wholeNumber(1),
    windowMs: milliseconds('above 0'),
    openMs: milliseconds('above 0'),
  }),
  retry: within<RetryOptions>({
    attempts: wholeNumber(1),
    on: listOf('reasons', reason),
    budget: share,
    perTryMs: milliseconds('above 0'),
    methods: listOf('methods', methodName),
  }),
  slowStartMs: milliseconds('from 0 on'),
  panicShare: share,
  restMs: milliseconds('from 0 on'),
  warmUp: within<WarmUpOptions>({
    paths: listOf(
      'paths',
      rule('a path that begins with /', (value) => typeof value === 'string' && value.startsWith('/')),
    ),
    host: anyText,
    timeoutMs: milliseconds('above 0'),
  }),
  proxyProtocol: rule('1 or 2', (value) => value === 1 || value === 2),
  log: withFunctions(['debug', 'info', 'warn', 'error']),
  onUpstream: anyFunction,
  clock: anything,
  random: anyFunction,
};

const serverRules: Rules<UpstreamServer> = {
  url: anyText,
  weight: numberAboveZero,
  backup: trueOrFalse,
  drain: trueOrFalse,
  tls: anyObject,
  protocol: oneOf('http1', 'http2', 'auto'),
};

/** An object whose options follow rules. */
function within<Options extends object>(inner: Rules<Options>): Rule {
  const fault = (value: unknown, path: string): string | null => {
    let found: string | null = null;
    const fail = (message: string): Error => {
      found = message;
      return new Error(message);
    };
    try {
      checkOptions(value as Options, inner, fail);
    } catch (error) {
      if (found === null) throw error;
    }
    return found === null ? null : joinPath(path, found);
  };
  return { expected: 'an object', fault };
}

/** The fault of an inner option begins with its name; that of the whole object does not. */
function joinPath(path: string, fault: string): string {
  if (fault.startsWith('the options')) return path + fault.slice('the options'.length);
  return /^(?:found|expected) /.test(fault) ? `${path}: ${fault}` : `${path}.${fault}`;
}

/** Throws `PROXY_OPTION_INVALID` for an option of a server, or of `createUpstreams`, among those of somebody else. */
export function refuseMisplaced(options: object, known: object): void {
  for (const name of Object.keys(Object(options))) {
    if (Object.hasOwn(known, name)) continue;
    const place = Object.hasOwn(serverRules, name)
      ? `a server: write [{ url: 'http://host:port', ${name}: … }]`
      : Object.hasOwn(rules, name) && `a group of servers: write createUpstreams(servers, { ${name}: … })`;
    if (place !== false) throw proxyError('PROXY_OPTION_INVALID', `\`${name}\` belongs to ${place}`);
  }
}

/** Throws `PROXY_OPTION_INVALID`. */
export function checkUpstreamsOptions(options: UpstreamsOptions): void {
  refuseMisplaced(options, rules);
  checkOptions(options, rules, (fault) => proxyError('PROXY_OPTION_INVALID', fault));
  const { sticky } = options;
  if (sticky !== undefined && (sticky.cookie === undefined) === (sticky.header === undefined))
    throw proxyError('PROXY_OPTION_INVALID', 'sticky: expected either cookie or header');
}

/** One server, or several. Throws `PROXY_OPTION_INVALID` or `CLIENT_ORIGIN_INVALID`. */
export function checkServers(servers: ServerList): UpstreamServer[] {
  const list: readonly (string | UpstreamServer)[] = Array.isArray(servers) ? servers : [servers];
  return list.map((server) => {
    const full = typeof server === 'string' ? { url: server } : server;
    checkOptions(full, serverRules, (fault) => proxyError('PROXY_OPTION_INVALID', fault));
    if (full.url === undefined) throw proxyError('PROXY_OPTION_INVALID', 'url: a server needs one');
    parseOrigin(full.url, full.tls, full.protocol);
    return full;
  });
}
