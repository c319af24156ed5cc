export type { RedisCacheOptions } from './lib/cache/redis-cache-options.ts';
export { type RedisErrorCode, redisErrors } from './lib/errors.ts';
export type { RedisOptions } from './lib/redis-calls.ts';
export type { CallClient, RedisClient, SendCommandClient, SendCommandCluster } from './lib/redis-client.ts';
export type { RedisEndedLogins } from './lib/redis-ended-logins.ts';
export type { RedisSharedWork } from './lib/redis-shared-work.ts';
export { type RedisStores, redisStores } from './lib/redis-stores.ts';
