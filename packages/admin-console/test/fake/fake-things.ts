import type { ApiThing, CacheState, FtpState, UpstreamState } from '@windhover/admin';

const server = (address: string, more: Partial<UpstreamState['servers'][number]> = {}) => ({
  address,
  state: 'up' as const,
  weight: 1,
  backup: false,
  latency: 4.2,
  lastFailure: null,
  counts: { active: 12, total: 918_221, errors: 7, failures: 3 },
  ...more,
});

const shop: UpstreamState = {
  balance: 'least-requests',
  counts: { waiting: 0 },
  servers: [
    server('10.0.0.5:3000'),
    server('10.0.0.6:3000', {
      state: 'unhealthy',
      weight: 2,
      latency: 812,
      lastFailure: 'GET /healthz was answered 503',
      counts: { active: 0, total: 402_118, errors: 7, failures: 881 },
    }),
    server('10.0.0.9:3000', { backup: true, latency: null, counts: { active: 0, total: 0, errors: 7, failures: 0 } }),
  ],
};

const cache: CacheState = {
  // Each worker has its own: entries and bytes are summed with the rest.
  counts: {
    ...{ hit: 809_284, stale: 2210, revalidated: 612, collapsed: 98, miss: 40_118, bypass: 871 },
    ...{ servedBytes: 15.2e9, fetchedBytes: 0.74e9, entries: 4182, bytes: 61.4e6 },
  },
  entries: null,
  bytes: null,
};

const ftp: FtpState = {
  counts: { sessions: 2, transfers: 1 },
  sessions: {
    all: [
      {
        ...{ name: '4211.7', user: 'ada', client: '203.0.113.9:40112', startedAt: Date.now() - 90_000, isSecure: true },
        ...{ folder: '/backups', command: 'STOR', path: '/backups/monday.tar.gz', bytes: 412e6 },
      },
      {
        ...{ name: '4212.3', user: null, client: '198.51.100.4:51003', startedAt: Date.now() - 4000, isSecure: false },
        ...{ folder: '/', command: null, path: null, bytes: 0 },
      },
    ],
  },
};

export function fakeThings(): ApiThing[] {
  return structuredClone([
    { kind: 'upstream', name: 'shop', place: 'upstreams.shop', state: shop, actions: ['drain', 'undrain', 'weight'] },
    {
      kind: 'upstream',
      name: 'http://10.0.0.7:3000',
      place: 'sites.intranet.routes[0].split[1].proxy',
      state: { balance: 'round-robin', counts: { waiting: 0 }, servers: [server('10.0.0.7:3000')] },
      actions: ['drain', 'undrain', 'weight'],
    },
    { kind: 'cache', name: 'default', place: 'caches.default', state: cache, actions: ['purge'] },
    { kind: 'ftp', name: '*:21', place: 'ftp[0]', state: ftp, actions: ['end'] },
    {
      kind: 'limit',
      name: 'api',
      place: 'sites.shop.routes[0].rateLimit',
      state: {
        requests: 100,
        per: '1m',
        counts: { allowed: 18_221, refused: 97 },
        clients: [{ name: '203.0.113.9', counts: { refused: 88 } }],
      },
      actions: ['reset'],
    },
    {
      kind: 'acme.geoip',
      name: 'database',
      place: 'geoip',
      state: { file: '/var/lib/geoip/country.mmdb', builtAt: '2026-11-24', counts: { lookups: 88_214 }, isFresh: true },
      actions: ['update'],
    },
  ]);
}
