import type { SessionRecord, SessionStore } from '@windhover/session';
import type { RedisCalls } from './redis-calls.ts';

/** Creates a store of sessions that every server with this Redis shares. Redis forgets each when its time is over. */
export function redisSessions(calls: RedisCalls): SessionStore {
  const nameOf = (key: string): string => `${calls.prefix}session:${key}`;
  return {
    async read(key) {
      const text = await calls.call(nameOf(key), ['GET', nameOf(key)]);
      return text === null ? null : (JSON.parse(String(text)) as SessionRecord);
    },
    async save(key, record, ttlMs, isNew) {
      const time = ['PX', String(Math.ceil(ttlMs))];
      const onlyIfThere = isNew ? [] : ['XX']; // Redis changes what is there, and nothing else
      await calls.call(nameOf(key), ['SET', nameOf(key), JSON.stringify(record), ...time, ...onlyIfThere]);
    },
    async destroy(key) {
      await calls.call(nameOf(key), ['DEL', nameOf(key)]);
    },
  };
}
