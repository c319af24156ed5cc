import { createHash } from 'node:crypto';
import { contextKey, type HttpContext } from '@windhover/core';
import { addressKey } from '@windhover/ip';
import type { RateLimitBy } from './rate-limit-options.ts';

/** A hash is 43 characters, and most keys and tokens are shorter than this. */
const longestKey = 64;

const userKey = contextKey<{ readonly name: string }>('auth.user');

/** Finds out what a request is counted with; `null`: it is not limited. */
export type KeyOf = (context: HttpContext) => string | null;

/** Returns the function that finds the key. Keys of different kinds never meet: a user may be called `203.0.113.7`. */
export function keyFunction(by: RateLimitBy, ipv6Bits: number): KeyOf {
  const client: KeyOf = ({ client: { address } }) => addressKey(address, ipv6Bits) ?? 'unix'; // all of a Unix socket are one
  if (typeof by === 'function') return by;
  if (typeof by === 'object') {
    const { header } = by;
    return (context) => {
      const value = context.request.headers.get(header);
      return value === undefined ? client(context) : `${header}:${shortened(value)}`;
    };
  }
  switch (by) {
    case 'client':
      return client;
    case 'user':
      return (context) => {
        const user = context.get(userKey);
        return user === undefined ? client(context) : `user:${user.name}`;
      };
    case 'route':
      return ({ site, route }) => `route:${site}:${route}`;
    case 'all':
      return () => 'all';
  }
}

/** A client chooses the value, so a long one must not cost memory: it counts as its hash. */
function shortened(value: string): string {
  return value.length <= longestKey ? value : createHash('sha256').update(value).digest('base64url');
}
