import { parseOrigin } from '@windhover/http-client';
import { describeValue } from '@windhover/options';
import type { Adjustment } from './adjustment.ts';
import { checkServers } from './check-upstreams.ts';
import { CircuitBreaker, resolveBreakerOptions } from './health/circuit-breaker.ts';
import { Ejection, resolveEjectOptions } from './health/ejection.ts';
import { proxyError } from './proxy-error.ts';
import { Upstream, type UpstreamOwner } from './upstream.ts';
import type { UpstreamServer } from './upstream-server.ts';
import type { UpstreamsOptions } from './upstreams-options.ts';

/** Who hears which upstreams come and go. */
export interface UpstreamListOwner extends UpstreamOwner {
  added(upstream: Upstream): void;
  removed(upstream: Upstream): void;
}

/** The servers of a group at present, with what was changed of them while they run. */
export class UpstreamList {
  all: readonly Upstream[] = [];
  private readonly owner: UpstreamListOwner;
  private readonly options: UpstreamsOptions;
  private readonly adjusted = new Map<string, Adjustment>();

  constructor(options: UpstreamsOptions, owner: UpstreamListOwner) {
    this.options = options;
    this.owner = owner;
  }

  /** What `adjust` has changed, by address. */
  get adjustments(): ReadonlyMap<string, Adjustment> {
    return this.adjusted;
  }

  /**
   * Replaces the list; what is known of servers that stay is kept. Returns false for an empty list, which is ignored.
   * Throws `PROXY_SERVERS_INVALID` and `CLIENT_ORIGIN_INVALID`.
   */
  set(servers: readonly (string | UpstreamServer)[], now: number): boolean {
    const checked = checkServers(servers);
    if (checked.length === 0) return false;
    const isFirst = this.all.length === 0;
    const before = new Map(this.all.map((upstream) => [upstream.serverKey, upstream]));
    this.all = checked.map((server) => {
      const known = before.get(JSON.stringify(server));
      if (known === undefined) return this.add(server, isFirst ? 0 : now);
      before.delete(known.serverKey);
      return known;
    });
    for (const upstream of before.values()) {
      upstream.isGone = true;
      this.owner.removed(upstream);
    }
    return true;
  }

  /** Returns whether the address is on the list. Throws `PROXY_OPTION_INVALID` for a weight that is not above 0. */
  adjust(address: string, adjustment: Adjustment): boolean {
    const { weight } = adjustment;
    if (weight !== undefined && !(weight > 0 && weight < Number.POSITIVE_INFINITY))
      throw proxyError('PROXY_OPTION_INVALID', `weight must be a number above 0, found ${describeValue(weight)}`);
    const found = this.all.filter((upstream) => upstream.address === address);
    if (found.length === 0) return false;
    this.adjusted.set(address, { ...this.adjusted.get(address), ...adjustment });
    for (const upstream of found) apply(upstream, adjustment);
    return true;
  }

  private add(server: UpstreamServer, upSince: number): Upstream {
    const { eject, breaker, connections } = this.options;
    const setup = {
      key: JSON.stringify(server),
      origin: parseOrigin(server.url, server.tls, server.protocol),
      weight: server.weight ?? 1,
      tier: server.backup === true ? 1 : 0,
      maxRequests: connections?.max ?? Number.POSITIVE_INFINITY,
      ejection: eject === undefined ? null : new Ejection(resolveEjectOptions(eject)),
      breaker: breaker === undefined ? null : new CircuitBreaker(resolveBreakerOptions(breaker)),
    };
    const upstream = new Upstream(setup, this.owner, server.drain === true);
    upstream.upSince = upSince;
    apply(upstream, this.adjusted.get(upstream.address) ?? {});
    this.owner.added(upstream);
    return upstream;
  }
}

function apply(upstream: Upstream, { weight, drain }: Adjustment): void {
  if (drain !== undefined) upstream.isDraining = drain;
  if (weight !== undefined) upstream.fullWeight = weight;
}
