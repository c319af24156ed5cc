import { createHash } from 'node:crypto';

const parts = ['state', 'log', 'ids', 'answers', 'order', 'ends', 'urls', 'tags'] as const;

/** The keys of one cache in Redis. */
export interface CacheKeys {
  /** Those that the scripts use, in their order. The braces keep them on one node of a cluster. */
  readonly ofScripts: readonly [string, ...string[]];
  readonly channel: string;
  /** The key of one piece of a content. Contents are spread over a cluster. */
  chunk(contentId: string, index: number): string;
}

/** Returns the keys of a cache with that name. */
export function cacheKeys(prefix: string, name: string): CacheKeys {
  const base = `${prefix}cache:{${name}}:`;
  const [first, ...rest] = parts.map((part) => base + part);
  return {
    ofScripts: [first!, ...rest],
    channel: `${base}purged`,
    chunk: (contentId, index) => `${prefix}cache:${name}:content:{${contentId}}:${index}`,
  };
}

/** A text of any length as one of 32 characters. Who can choose the text cannot find two with the same. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
