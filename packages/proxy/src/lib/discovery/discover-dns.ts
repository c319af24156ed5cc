import { promises as dns } from 'node:dns';
import { isIPv6 } from 'node:net';
import type { UpstreamServer, UpstreamTls } from '../upstream-server.ts';
import type { Discovery } from './discovery.ts';

/** Options of `discoverDns` and `discoverSrv`. */
export interface DnsOptions {
  /** How the servers are spoken to. Default: `http`. */
  readonly scheme?: 'http' | 'https';
  /** TLS options for `https`. Default: certificates must be for the name that was looked up. */
  readonly tls?: UpstreamTls;
  /** The shortest time between two look-ups, in milliseconds. Default: 5,000, however short the TTL is. */
  readonly minMs?: number;
  /** The longest one. Default: 60,000, however long the TTL is. */
  readonly maxMs?: number;
  /** Asks the DNS. Default: that of Node. */
  readonly resolver?: Resolver;
}

/** The functions of Node's `dns.promises` that are used. */
export interface Resolver {
  resolve4(name: string, options: { ttl: true }): Promise<{ address: string; ttl: number }[]>;
  resolve6(name: string, options: { ttl: true }): Promise<{ address: string; ttl: number }[]>;
  resolveSrv(name: string): Promise<{ name: string; port: number; priority: number; weight: number }[]>;
  lookup(name: string, options: { all: true }): Promise<{ address: string }[]>;
}

/** The addresses of a name are the servers: A and AAAA records, by their TTL, or what the system knows (`/etc/hosts`). */
export function discoverDns(name: string, port: number, options: DnsOptions = {}): Discovery {
  const { scheme = 'http', minMs = 5000, maxMs = 60_000, resolver = dns as Resolver } = options;
  const tls = scheme === 'https' ? { serverName: name, ...options.tls } : undefined;
  return {
    async look() {
      const { addresses, ttlMs } = await addressesOf(resolver, name);
      const servers = addresses.sort().map((address) => ({
        url: `${scheme}://${isIPv6(address) ? `[${address}]` : address}:${port}`,
        ...(tls === undefined ? {} : { tls }),
      }));
      return { servers, againMs: Math.min(Math.max(ttlMs, minMs), maxMs) };
    },
  };
}

/**
 * The SRV records of a name are the servers (RFC 2782), with their weights. Those of a higher priority number are
 * backups.
 */
export function discoverSrv(name: string, options: DnsOptions = {}): Discovery {
  const { scheme = 'http', minMs = 5000, tls, resolver = dns as Resolver } = options;
  return {
    async look() {
      const records = await resolver.resolveSrv(name);
      const first = Math.min(...records.map(({ priority }) => priority));
      const servers = records.map(({ name: host, port, priority, weight }): UpstreamServer => {
        const url = `${scheme}://${host.replace(/\.$/, '')}:${port}`;
        const own = scheme === 'https' && tls !== undefined ? { tls } : {};
        return { url, weight: Math.max(weight, 1), backup: priority > first, ...own };
      });
      servers.sort((a, b) => (a.url < b.url ? -1 : 1));
      return { servers, againMs: Math.max(minMs, 10_000) }; // Node does not tell the TTL of SRV records
    },
  };
}

async function addressesOf(resolver: Resolver, name: string): Promise<{ addresses: string[]; ttlMs: number }> {
  const answers = await Promise.allSettled([
    resolver.resolve4(name, { ttl: true }),
    resolver.resolve6(name, { ttl: true }),
  ]);
  const records = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (records.length > 0) {
    const ttl = Math.min(...records.map((record) => record.ttl));
    return { addresses: [...new Set(records.map(({ address }) => address))], ttlMs: ttl * 1000 };
  }
  // Not in the DNS, or none can be reached: the system may know the name from /etc/hosts or elsewhere.
  const known = await resolver.lookup(name, { all: true });
  return { addresses: [...new Set(known.map(({ address }) => address))], ttlMs: 10_000 };
}
