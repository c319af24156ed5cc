import type { SharedCacheStore } from '@windhover/cache';
import type { CertificateStore } from '@windhover/certificates';
import type { LeaseStore } from '@windhover/leases';
import type { RateLimitStore } from '@windhover/rate-limit';
import type { SessionStore } from '@windhover/session';
import { RedisCache } from './cache/redis-cache.ts';
import { type RedisCacheOptions, resolveRedisCache } from './cache/redis-cache-options.ts';
import { RedisCalls, type RedisOptions } from './redis-calls.ts';
import { redisCertificates } from './redis-certificates.ts';
import type { RedisClient } from './redis-client.ts';
import { type RedisEndedLogins, redisEndedLogins } from './redis-ended-logins.ts';
import { redisLeases } from './redis-leases.ts';
import { redisRateLimits } from './redis-rate-limits.ts';
import { redisSessions } from './redis-sessions.ts';
import { type RedisSharedWork, redisSharedWork } from './redis-shared-work.ts';

/** What servers share through one Redis. */
export interface RedisStores {
  /** For `store` of `rateLimit`. */
  readonly rateLimits: RateLimitStore;
  /** For `store` of `session`. */
  readonly sessions: SessionStore;
  /** For `withLease`. */
  readonly leases: LeaseStore;
  /** For `store` of `createCertificateManager`. It holds private keys. */
  readonly certificates: CertificateStore;
  /** For `ended` of `oidc`: a logout that a provider tells to one server holds on all. */
  readonly endedLogins: RedisEndedLogins;
  /** For `sharedWork` of `oidc`: one server refreshes a login, the others take its result. */
  readonly sharedWork: RedisSharedWork;
  /**
   * For `store` of `createCache`, best behind memory: `createTieredStore(createMemoryStore(), stores.cache('pages'))`. Caches with one name share their answers and purges.
   * Throws `REDIS_OPTION_INVALID`.
   */
  cache(name: string, options?: RedisCacheOptions): SharedCacheStore;
}

/**
 * Creates stores over a client of yours: one of `ioredis`, `iovalkey` or `redis`, with a cluster or sentinels if you like. The client stays
 * yours: connect it, listen for its errors, and close it. Throws `REDIS_OPTION_INVALID`.
 */
export function redisStores(client: RedisClient, options: RedisOptions = {}): RedisStores {
  const calls = new RedisCalls(client, options);
  return {
    rateLimits: redisRateLimits(calls),
    sessions: redisSessions(calls),
    leases: redisLeases(calls),
    certificates: redisCertificates(calls),
    endedLogins: redisEndedLogins(calls),
    sharedWork: redisSharedWork(calls),
    cache: (name, more = {}) => new RedisCache(calls, name, resolveRedisCache(name, more)),
  };
}
