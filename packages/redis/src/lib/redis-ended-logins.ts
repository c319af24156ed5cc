import { createHash } from 'node:crypto';
import { LuaScript } from './lua-script.ts';
import type { RedisCalls } from './redis-calls.ts';

/** Remembers logins that were ended from outside: the `EndedLogins` of `@windhover/auth-oidc`. */
export interface RedisEndedLogins {
  /** @param issuedAt in seconds since the epoch */
  end(key: string, issuedAt: number): Promise<void>;
  endedAt(key: string): Promise<number | null>;
}

/** A day, as long as the oldest session may live. */
const keepMs = 24 * 60 * 60 * 1000;

/** Logouts may come in another order than they were made. */
const endIfLater = new LuaScript(`
local before = tonumber(redis.call('GET', KEYS[1]))
if before and before >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`);

/** Creates a list of ended logins that every server with this Redis shares. Redis forgets each after a day. */
export function redisEndedLogins(calls: RedisCalls): RedisEndedLogins {
  // Providers choose the keys, so they may be long and hold anything.
  const nameOf = (key: string): string =>
    `${calls.prefix}ended:${createHash('sha256').update(key).digest('base64url')}`;
  return {
    async end(key, issuedAt) {
      await endIfLater.run(calls, [nameOf(key)], [String(issuedAt), String(keepMs)]);
    },
    async endedAt(key) {
      const text = await calls.call(nameOf(key), ['GET', nameOf(key)]);
      const issuedAt = text === null ? null : Number(text);
      return Number.isFinite(issuedAt) ? issuedAt : null;
    },
  };
}
