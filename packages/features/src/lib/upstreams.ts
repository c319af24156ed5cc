import { OptionsError, orAlone } from '@windhover/config';
import type { ResourceFeature, ResourceKind, Services } from '@windhover/core/feature';
import {
  createUpstreams,
  type Discovery,
  type UpstreamServer,
  type Upstreams,
  type UpstreamsOptions,
} from '@windhover/proxy';
import { describeBalance, describeUpstream } from './describe-upstream.ts';
import { managedUpstreams } from './manage-upstreams.ts';
import { placeName } from './place-name.ts';
import {
  readTls,
  toDiscovery,
  toServers,
  toUpstreamsOptions,
  upstreamSchema,
  type WrittenUpstream,
  withProtocol,
} from './upstream-options.ts';

/** A group of interchangeable servers. */
export interface UpstreamGroup {
  /** The addresses at present: `http://host:port`, `https://host:port` or `unix:/path`. */
  to(): readonly string[];
  /** The servers, and what is known of them. Every route that names the group shares them. */
  readonly upstreams: Upstreams;
  /** How one of several servers is chosen, for `explain`. */
  readonly choice: string;
  /** What else decides about requests to them, for `explain`. */
  readonly details: readonly string[];
}

/** The kind of `upstreams`. */
export const upstreamKind: ResourceKind<UpstreamGroup> = { key: 'upstreams', noun: 'an upstream' };

/** `upstreams`: named servers that several routes pass requests to. */
export const upstreamsResource: ResourceFeature<WrittenUpstream, UpstreamGroup> = {
  kind: upstreamKind,
  maker: null,
  schema: orAlone('to', upstreamSchema),
  create(name, written, services) {
    const value = openGroup(name, written, services);
    return { value, prepare: () => value.upstreams.start() };
  },
};

/** Makes the servers of an upstream. `name` is `null` where they stand in a route. */
export function openGroup(name: string | null, written: WrittenUpstream, services: Services): UpstreamGroup {
  const { directory } = services.location;
  const { to = [], discover, protocol } = written;
  const tls = readTls(written.tls, directory);
  if (discover === undefined && to.length === 0)
    throw new OptionsError([{ path: [], message: 'expected the key `to`, or `discover`, found none' }]);
  const discovery = discover === undefined ? null : withProtocol(toDiscovery(discover, directory, tls), protocol);
  const options = toUpstreamsOptions(written);
  const version = JSON.stringify([discover, tls, protocol]);
  const upstreams = leaseUpstreams(toServers(to, tls, protocol), options, name, services, discovery, version);
  const choice = describeBalance(written.balance);
  const managed = { balance: choice, written: JSON.stringify([to, version]) };
  services.manage(managedUpstreams(name ?? placeName(services.location), upstreams, managed));
  return { to: () => upstreams.addresses, upstreams, choice, details: describeUpstream(written) };
}

/** A reload that changes nothing keeps what is known of the servers: which cannot be reached, and who is busy. */
function leaseUpstreams(
  servers: readonly UpstreamServer[],
  options: UpstreamsOptions,
  name: string | null,
  services: Services,
  discover: Discovery | null,
  version: string,
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
