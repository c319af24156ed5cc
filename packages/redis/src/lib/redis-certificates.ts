import type { CertificateStore } from '@windhover/certificates';
import type { RedisCalls } from './redis-calls.ts';

/**
 * Creates a store of certificates for all servers with this Redis. It holds private keys: the connection should be encrypted, and Redis should write
 * its data to disk, since authorities give only a few certificates for each name and week.
 */
export function redisCertificates(calls: RedisCalls): CertificateStore {
  const nameOf = (name: string): string => `${calls.prefix}certificate:${name}`;
  return {
    async get(name) {
      const text = await calls.call(nameOf(name), ['GET', nameOf(name)]);
      return text === null ? null : String(text);
    },
    async set(name, text, ttlMs) {
      const time = ttlMs === undefined ? [] : ['PX', String(Math.ceil(ttlMs))];
      await calls.call(nameOf(name), ['SET', nameOf(name), text, ...time]);
    },
    async delete(name) {
      await calls.call(nameOf(name), ['DEL', nameOf(name)]);
    },
  };
}
