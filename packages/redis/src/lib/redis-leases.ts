import type { Lease, LeaseStore } from '@windhover/leases';
import { redisError } from './errors.ts';
import { LuaScript } from './lua-script.ts';
import type { RedisCalls } from './redis-calls.ts';

/** Tokens are remembered for a day longer than the lease. Afterwards the time of Redis makes the next one greater. */
const acquire = new LuaScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then return false end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local token = string.format('%d', math.max(now, tonumber(redis.call('GET', KEYS[2]) or 0) + 1))
redis.call('SET', KEYS[1], token .. ' ' .. ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], token, 'PX', ARGV[2] + 86400000)
return token
`);

const ifHeld = (action: string): LuaScript =>
  new LuaScript(`
local held = redis.call('GET', KEYS[1])
if not held or string.match(held, '^%d+') ~= ARGV[1] then return 0 end
${action}
return 1
`);
const renew = ifHeld(`redis.call('PEXPIRE', KEYS[1], ARGV[2])`);
const release = ifHeld(`redis.call('DEL', KEYS[1])`);

/** Creates a store of leases for all servers with this Redis. */
export function redisLeases(calls: RedisCalls): LeaseStore {
  // The braces keep both keys on one node of a cluster.
  const keysOf = (name: string): [string, string] => {
    const base = `${calls.prefix}lease:{${encodeURIComponent(name)}}`;
    return [base, `${base}:token`];
  };
  return {
    async acquire(name, owner, ttlMs) {
      const token = await acquire.run(calls, keysOf(name), [owner, String(Math.ceil(ttlMs))]);
      return token === null ? null : { token: toToken(token), owner };
    },
    async renew(name, { token }, ttlMs) {
      return (await renew.run(calls, keysOf(name), [String(token), String(Math.ceil(ttlMs))])) === 1;
    },
    async release(name, { token }) {
      await release.run(calls, keysOf(name), [String(token)]);
    },
    async holder(name) {
      const [key] = keysOf(name);
      const held = await calls.call(key, ['GET', key]);
      return held === null ? null : readLease(String(held));
    },
  };
}

function readLease(text: string): Lease {
  const space = text.indexOf(' ');
  return { token: toToken(text.slice(0, space)), owner: text.slice(space + 1) };
}

function toToken(value: unknown): number {
  const token = Number(value);
  if (!Number.isSafeInteger(token) || token < 1) throw redisError('REDIS_FAILED', 'a lease of another kind');
  return token;
}
