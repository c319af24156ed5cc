import { formatDuration } from '@windhover/options';
import type { WrittenUpstream } from './upstream-options.ts';

/** How one of several servers is chosen, for `explain`. */
export function describeBalance(balance: WrittenUpstream['balance'] = 'round-robin'): string {
  if (typeof balance === 'object') return `chosen by a hash of ${nameOfKey(balance.hash)}`;
  const words = {
    'round-robin': 'taken in turn',
    'least-requests': 'the one with the fewest requests',
    p2c: 'the less busy one of two',
    'peak-ewma': 'the faster one of two',
    random: 'any of them',
    first: 'the first one that works',
  } as const;
  return words[balance];
}

/** What else decides which server gets a request, and how often, in the order in which it matters. */
export function describeUpstream(written: WrittenUpstream): readonly string[] {
  const { to = [], discover, sticky, connections, health, eject, breaker, retry, protocol, proxyProtocol } = written;
  const told = [
    protocol === undefined ? '' : describeProtocol(protocol, written),
    proxyProtocol === undefined ? '' : `with a PROXY header (${proxyProtocol})`,
    Array.isArray(to) && to.some(isWeighted) ? `weights ${to.map(weightOf).join(', ')}` : '',
    discover === undefined ? '' : `more are looked up: ${discover.dns ?? discover.srv ?? discover.file}`,
    sticky === undefined ? '' : describeSticky(sticky),
    connections === undefined ? '' : `at most ${connections.max} requests at a time to each`,
    health === undefined ? '' : describeHealth(health),
    eject === undefined ? '' : `ejected after ${(eject === true ? undefined : eject.failures) ?? 5} failures in a row`,
    breaker === undefined ? '' : 'with a circuit breaker',
    retry === undefined ? '' : describeRetry(retry),
  ];
  return told.filter((text) => text !== '');
}

const protocolWords = {
  http1: 'over HTTP/1.1',
  http2: 'over HTTP/2',
  auto: 'over HTTP/2 or HTTP/1.1, as an https:// server chooses',
} as const;

function describeProtocol(protocol: keyof typeof protocolWords, { to = [], discover }: WrittenUpstream): string {
  const servers = typeof to === 'string' ? [to] : to;
  const hasTls = servers.some((server) => (typeof server === 'string' ? server : server.url).startsWith('https:'));
  if (protocol !== 'auto' || hasTls || discover !== undefined) return protocolWords[protocol];
  return 'over HTTP/1.1, as `auto` looks for HTTP/2 at https:// only';
}

type Server = Extract<NonNullable<WrittenUpstream['to']>, readonly unknown[]>[number];

function isWeighted(server: Server): boolean {
  return typeof server !== 'string' && (server.weight !== undefined || server.backup === true || server.drain === true);
}

function weightOf(server: Server): string {
  if (typeof server === 'string') return '1';
  const { weight = 1, backup, drain } = server;
  return `${weight}${backup === true ? ' (backup)' : ''}${drain === true ? ' (drains)' : ''}`;
}

function describeSticky({ cookie, header, secret }: NonNullable<WrittenUpstream['sticky']>): string {
  const by = cookie === undefined ? `header ${header}` : `cookie ${cookie}`;
  return `a client stays at one server by the ${secret === undefined ? '' : 'signed '}${by}`;
}

function describeHealth({ path = '/', every = 5000 }: NonNullable<WrittenUpstream['health']>): string {
  return `checked at ${path} every ${formatDuration(every)}`;
}

function describeRetry({ attempts = 2, on }: NonNullable<WrittenUpstream['retry']>): string {
  const reasons = on ?? ['connect', 'reset', 'timeout', 502, 503, 504];
  return `tried ${attempts} times at most, on ${reasons.join(', ')}`;
}

function nameOfKey(hash: Extract<WrittenUpstream['balance'], object>['hash']): string {
  if (typeof hash === 'string') return `the ${hash}`;
  return 'header' in hash ? `the header ${hash.header}` : `the cookie ${hash.cookie}`;
}
