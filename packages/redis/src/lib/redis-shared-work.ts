import { randomUUID } from 'node:crypto';
import { LuaScript } from './lua-script.ts';
import type { RedisCalls } from './redis-calls.ts';

/** Does a piece of work once for all servers: the `SharedWork` of `@windhover/auth-oidc`. */
export interface RedisSharedWork {
  once(
    key: string,
    work: () => Promise<string>,
    times: { readonly waitMs: number; readonly keepMs: number },
  ): Promise<string | null>;
}

/** How often a server that waits looks for the result. */
const lookEveryMs = 50;

/** The result, with `=` before it; or who works, after `@`. Takes the work if nobody does. */
const takeOrRead = new LuaScript(`
local found = redis.call('GET', KEYS[1])
if found then return found end
redis.call('SET', KEYS[1], '@' .. ARGV[1], 'PX', ARGV[2])
return '@' .. ARGV[1]
`);

/** Only who works may write or give up: it may have been away for longer than its time. */
const finish = new LuaScript(`
if redis.call('GET', KEYS[1]) ~= '@' .. ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], '=' .. ARGV[2], 'PX', ARGV[3]) end
return 1
`);

/** Creates a place for work that is done once among all servers with this Redis. */
export function redisSharedWork(calls: RedisCalls): RedisSharedWork {
  const { clock } = calls;
  const pause = (): Promise<void> => new Promise((resolve) => void clock.schedule(lookEveryMs, resolve));
  return {
    async once(key, work, { waitMs, keepMs }) {
      const name = `${calls.prefix}work:${key}`;
      const own = randomUUID();
      const until = clock.now() + waitMs;
      for (;;) {
        const found = String(await takeOrRead.run(calls, [name], [own, String(Math.ceil(waitMs))]));
        if (found.startsWith('=')) return found.slice(1);
        if (found === `@${own}`) break;
        if (clock.now() >= until) return null;
        await pause();
      }
      const settle = (result: string): Promise<unknown> =>
        finish.run(calls, [name], [own, result, String(Math.ceil(keepMs))]);
      let result: string;
      try {
        result = await work();
      } catch (error) {
        await settle('').catch(() => undefined); // its time ends it too
        throw error;
      }
      await settle(result).catch(() => undefined); // the work is done; others find nothing, and do it again
      return result;
    },
  };
}
