import type { SessionRecord, SessionStore } from '@windhover/session';
import type { RedisCalls } from './redis-calls.ts';

/** How often the log hears of records that cannot be read. */
const toldEveryMs = 60_000;

/** Creates a store of sessions that every server with this Redis shares. Redis forgets each when its time is over. */
export function redisSessions(calls: RedisCalls): SessionStore {
  const nameOf = (key: string): string => `${calls.prefix}session:${key}`;
  let toldAt = Number.NEGATIVE_INFINITY;
  const tellOnce = (key: string): void => {
    const now = calls.clock.now();
    if (now - toldAt < toldEveryMs) return;
    toldAt = now;
    calls.log.warn('A session in Redis cannot be read, and counts as none', { key });
  };
  return {
    async read(key) {
      const text = await calls.call(nameOf(key), ['GET', nameOf(key)]);
      if (text === null) return null;
      const record = readRecord(String(text));
      if (record === null) tellOnce(nameOf(key));
      return record;
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

/** Reads a record; `null` if it is none of ours. */
function readRecord(text: string): SessionRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null; // somebody else has written it
    throw error;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { data, createdAt, usedAt } = value as Record<string, unknown>;
  const isRecord = typeof data === 'object' && data !== null && !Array.isArray(data);
  return isRecord && Number.isFinite(createdAt) && Number.isFinite(usedAt) ? (value as SessionRecord) : null;
}
