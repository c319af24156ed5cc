import { OptionsError, orAlone } from '@windhover/config';
import type { ResourceFeature, ResourceKind, Services } from '@windhover/core/feature';
import {
  createUpstreams,
  type Discovery,
  type UpstreamServer,
  type Upstreams,
  type UpstreamsOptions,
} from '@windhover/proxy';
import {
  readTls,
  toDiscovery,
  toServers,
  toUpstreamsOptions,
  upstreamSchema,
  type WrittenUpstream,
} from './upstream-options.ts';

/** A group of interchangeable servers. */
export interface UpstreamGroup {
  /** The addresses at present: `http://host:port`, `https://host:port` or `unix:/path`. */
  to(): readonly string[];
  /** The servers, and what is known of them. Every route that names the group shares them. */
  readonly upstreams: Upstreams;
  /** How one of several servers is chosen, for `explain`. */
  readonly choice: string;
}

/** The kind of `upstreams`. */
export const upstreamKind: ResourceKind<UpstreamGroup> = { key: 'upstreams', noun: 'an upstream' };

/** `upstreams`: named servers that several routes pass requests to. */
export const upstreamsResource: ResourceFeature<WrittenUpstream, UpstreamGroup> = {
  kind: upstreamKind,
  maker: null,
  schema: orAlone('to', upstreamSchema),
  create(name, written, services) {
    const { directory } = services.location;
    const { to = [], discover } = written;
    const tls = readTls(written.tls, directory);
    if (discover === undefined && to.length === 0)
      throw new OptionsError([{ path: [], message: 'expected the key `to`, or `discover`, found none' }]);
    const discovery = discover === undefined ? null : toDiscovery(discover, directory, tls);
    const options = toUpstreamsOptions(written);
    const version = JSON.stringify([discover, tls]);
    const upstreams = leaseUpstreams(toServers(to, tls), options, name, services, discovery, version);
    const choice = describeBalance(written.balance);
    const value = { to: () => upstreams.addresses, upstreams, choice };
    return { value, prepare: () => upstreams.start() };
  },
};

/** A reload that changes nothing keeps what is known of the servers: which cannot be reached, and who is busy. */
export function leaseUpstreams(
  servers: readonly UpstreamServer[],
  options: UpstreamsOptions,
  name: string | null,
  services: Services,
  discover: Discovery | null = null,
  version = '',
): Upstreams {
  return services.lease(
    'upstreams',
    JSON.stringify([name, servers, options, version]),
    () => openUpstreams(servers, discover === null ? options : { ...options, discover }, name, services),
    (leased) => leased.close(),
  );
}

/** Creates servers that tell `/health/upstreams` whether they can be reached. */
function openUpstreams(
  servers: readonly UpstreamServer[],
  options: UpstreamsOptions,
  name: string | null,
  { metrics, log, clock }: Services,
): Upstreams {
  const help = 'Whether an upstream was reached the last time: 1 or 0.';
  const up = metrics.gauge('windhover_upstream_up', help, ['upstream', 'address']);
  const tell = (address: string, isUp: boolean): void => up.of(name ?? address, address).set(isUp ? 1 : 0);
  try {
    const named = name === null ? {} : { name };
    const upstreams = createUpstreams(servers, { ...options, ...named, log, clock, onUpstream: tell });
    for (const address of upstreams.addresses) tell(address, true);
    return upstreams;
  } catch (error) {
    throw new OptionsError([{ path: [], message: (error as Error).message }]);
  }
}

function describeBalance(balance: WrittenUpstream['balance'] = 'round-robin'): string {
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

function nameOfKey(hash: Extract<WrittenUpstream['balance'], object>['hash']): string {
  if (typeof hash === 'string') return `the ${hash}`;
  return 'header' in hash ? `the header ${hash.header}` : `the cookie ${hash.cookie}`;
}
