import { anyFunction, checkOptions, milliseconds, oneOf, type Rules, wholeNumber } from '@windhover/options';
import { redisError } from '../errors.ts';

/** Options of `RedisStores.cache`. */
export interface RedisCacheOptions {
  /**
   * How many bytes the answers may take together; those that nobody has asked for the longest go first. Default: 256 MiB, so that limits and sessions in the
   * same Redis keep their room.
   */
  readonly maxBytes?: number;
  /**
   * What holds while Redis cannot be reached. `open`: every request goes on to the origin, since copies in memory may have been purged by others meanwhile.
   * `local`: the copies are used all the same. Default: `open`.
   */
  readonly onStoreError?: 'open' | 'local';
  /**
   * How long purges of others may go unheard, in milliseconds: when Redis was not asked for so long, copies in memory are not used before it was. Default: 1000,
   * which costs at most two small questions in a second.
   */
  readonly maxUnknownMs?: number;
  /**
   * Listens to a channel of Redis, on a connection of its own, so that purges of others are heard at once and not at the next question:
   * `(channel, listener) => subscriber.subscribe(channel, listener)` with `redis`. Default: nothing listens.
   */
  readonly subscribe?: (channel: string, listener: (message: string) => void) => unknown;
}

/** The options with their defaults. */
export type ResolvedRedisCache = Required<RedisCacheOptions>;

const rules: Rules<RedisCacheOptions> = {
  maxBytes: wholeNumber(0),
  onStoreError: oneOf('open', 'local'),
  maxUnknownMs: milliseconds('above 0'),
  subscribe: anyFunction,
};

/** Checks the options. Throws `REDIS_OPTION_INVALID`. */
export function resolveRedisCache(name: string, options: RedisCacheOptions): ResolvedRedisCache {
  const fail = (fault: string): Error => redisError('REDIS_OPTION_INVALID', `cache(): ${fault}`);
  if (typeof name !== 'string' || !/^[^\s{}]{1,200}$/.test(name))
    throw fail('name: expected a text without spaces and braces');
  checkOptions(options, rules, fail);
  return {
    maxBytes: options.maxBytes ?? 256 * 1024 * 1024,
    onStoreError: options.onStoreError ?? 'open',
    maxUnknownMs: options.maxUnknownMs ?? 1000,
    subscribe: options.subscribe ?? (() => undefined),
  };
}
