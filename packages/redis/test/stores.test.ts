import { endedLoginsRules, sharedWorkRules } from '@windhover/auth-oidc/testing';
import { certificateStoreRules } from '@windhover/certificates/testing';
import { leaseStoreRules } from '@windhover/leases/testing';
import { rateLimitStoreRules } from '@windhover/rate-limit/testing';
import { sessionStoreRules } from '@windhover/session/testing';
import { describe, expect, it } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { redisStores } from '../src/index.ts';
import { connect, connectCluster } from './redis-clients.ts';
import { startCluster, startRedis } from './redis-server.ts';

const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(!hasPeer('redis-server'))('stores in a real Redis', () => {
  for (const [name, open] of Object.entries(connect)) {
    it(`keep the rules of sessions, rate limits, leases, certificates, ended logins and shared work over ${name}`, async () => {
      const { path, cli } = await startRedis();
      const client = await open(path);
      for (const rule of sessionStoreRules) {
        await cli('flushall');
        await rule.run(async () => ({ store: redisStores(client, { timeoutMs: 5000 }).sessions, pass }));
      }
      for (const rule of rateLimitStoreRules) {
        await cli('flushall');
        await rule.run(async () => ({ store: redisStores(client, { timeoutMs: 5000 }).rateLimits, pass }));
      }
      for (const rule of leaseStoreRules) {
        await cli('flushall');
        await rule.run(async () => ({ store: redisStores(client, { timeoutMs: 5000 }).leases, pass }));
      }
      for (const rule of certificateStoreRules) {
        await cli('flushall');
        const openStore = () => redisStores(client, { timeoutMs: 5000 }).certificates;
        await rule.run(async () => ({ store: openStore(), other: openStore() }));
      }
      for (const rule of endedLoginsRules) {
        await cli('flushall');
        const openEnded = () => redisStores(client, { timeoutMs: 5000 }).endedLogins;
        await rule.run(async () => ({ ended: openEnded(), other: openEnded() }));
      }
      for (const rule of sharedWorkRules) {
        await cli('flushall');
        const openWork = () => redisStores(client, { timeoutMs: 5000 }).sharedWork;
        await rule.run(async () => ({ work: openWork(), other: openWork() }));
      }
      expect(await cli('dbsize')).not.toBe('0');
    });
  }

  it.each(['ioredis', 'redis'])('keep them in a cluster of three over %s', async (library) => {
    const nodes = await startCluster();
    const addresses = nodes.map(({ port }) => ({ host: '127.0.0.1', port }));
    const client = await connectCluster(library, addresses);
    const stores = redisStores(client, { timeoutMs: 5000 });
    for (const [index, rule] of leaseStoreRules.entries()) {
      const own = redisStores(client, { timeoutMs: 5000, prefix: `rule-${index}:` });
      await rule.run(async () => ({ store: own.leases, pass }));
    }
    await Promise.all(nodes.map((node) => node.cli('flushall')));
    const policy = { algorithm: 'token-bucket', requests: 2, perMs: 60_000, burst: 2, countsRefused: false } as const;
    for (let key = 0; key < 30; key++) {
      const decisions = await Promise.all([1, 2, 3].map(() => stores.rateLimits.consume(`key-${key}`, policy, 1)));
      expect(decisions.filter(({ isAllowed }) => isAllowed)).toHaveLength(2);
      await stores.sessions.save(`key-${key}`, { data: { key }, createdAt: 1, usedAt: 1 }, 60_000, true);
    }
    const sizes = await Promise.all(nodes.map((node) => node.cli('dbsize')));
    expect(sizes.map(Number).reduce((one, other) => one + other)).toBe(60);
    expect(sizes).not.toContain('0');
    for (let key = 0; key < 30; key++) expect((await stores.sessions.read(`key-${key}`))?.data).toEqual({ key });
  });
});
