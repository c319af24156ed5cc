import type { CacheEntry, CacheMeta } from './cache-entry.ts';

/** Which entries a purge is about. */
export type PurgeSelector =
  /** All answers of one URL, with scheme and host, whatever they vary by. */
  | { readonly url: string }
  /** All URLs that start with this text. */
  | { readonly prefix: string }
  /** All answers with this tag, from `Surrogate-Key` or `Cache-Tag`. */
  | { readonly tag: string }
  | { readonly all: true };

/** Hears of a purge. */
export type PurgeListener = (selector: PurgeSelector, soft: boolean) => void;

/** Where answers are kept. A store may forget any of them at any time, but never serve a part of one. */
export interface CacheStore {
  /** The answers with that key, at most one for each variant and content coding. */
  get(key: string): readonly CacheEntry[] | Promise<readonly CacheEntry[]>;
  /** Starts to write an answer. It replaces the one with the same key, variant and content coding when it is committed. */
  open(meta: CacheMeta): CacheWriter;
  /** Replaces the description of an entry, after a 304. Never rejects. */
  update(entry: CacheEntry, meta: CacheMeta): void | Promise<void>;
  /**
   * Removes entries and returns how many. A soft purge only makes them stale: they are validated before the next use, and may still be served while
   * the origin fails.
   */
  purge(selector: PurgeSelector, soft: boolean): number | Promise<number>;
  /**
   * For a store whose `get` only knows the answers nearby: all answers with that key. The cache asks when those of `get` are not enough. Never rejects.
   */
  getAll?(key: string): Promise<readonly CacheEntry[]>;
  /**
   * For a store that other processes purge too: runs `listener` for each purge, those of this process included, so that answers which are just arriving are
   * not stored. Returns a function that ends this.
   */
  onPurge?(listener: PurgeListener): () => void;
  /** What `maxObjectBytes` of the cache is by default. Default: 1 MiB, for stores in memory. */
  readonly defaultMaxObjectBytes?: number;
  /** Bytes in use, for statistics. */
  readonly bytes: number;
  readonly size: number;
}

/**
 * A store that several servers share. It tells what others purge, so that a copy of an answer may be kept nearby: see `createTieredStore`.
 */
export interface SharedCacheStore extends CacheStore {
  /** Never rejects: while the store cannot be reached, nothing is found. */
  get(key: string): Promise<readonly CacheEntry[]>;
  /** Rejects if the others cannot be told now. They will be, as soon as that is possible. */
  purge(selector: PurgeSelector, soft: boolean): Promise<number>;
  /** Called at once for purges of this process, and for those of others as soon as they are known. */
  onPurge(listener: PurgeListener): () => void;
  /** Whether copies nearby may be used: all purges up to a moment ago are known. If it is false, the next `get` finds out. */
  readonly isCurrent: boolean;
}

/** Takes the content of one answer. */
export interface CacheWriter {
  /** The chunk is the writer's own from now on, and never changes. */
  write(chunk: Uint8Array): void;
  /** All of it was written: the answer can be found as soon as the promise is fulfilled. It never rejects: an answer that cannot be stored is forgotten. */
  commit(): void | Promise<void>;
  /** Nothing of it is kept. */
  discard(): void;
  /** For a writer that does not keep the content in memory. */
  readonly spool?: Spool;
}

/** Gives back content that is still being written, so that the cache need not hold it for clients that are behind. */
export interface Spool {
  /** How many bytes from the start on can be read back. */
  readonly readable: number;
  /** Nothing more can be written. What is readable stays so. */
  readonly hasFailed: boolean;
  /** How many bytes more are written at once. Fewer than that may never become readable. */
  readonly blockBytes: number;
  /** Called when `readable` has grown, and after a failure. */
  onProgress: (() => void) | null;
  /** Reads some of the readable bytes from `position` on; resolves to how many. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Nobody reads any more. Called once, after `commit` or `discard`. */
  close(): void;
}

/** Whether a purge is about an answer. */
export function isSelected(selector: PurgeSelector, meta: CacheMeta): boolean {
  if ('all' in selector) return true;
  if ('tag' in selector) return meta.tags.includes(selector.tag);
  const url = meta.url === '' ? meta.key : meta.url;
  return 'url' in selector ? url === selector.url : url.startsWith(selector.prefix);
}

/** The description of an entry after a soft purge: it has just become stale. */
export function softened(meta: CacheMeta, nowMs: number): CacheMeta {
  const age = meta.initialAgeSeconds + Math.max(0, Math.floor((nowMs - meta.storedAtMs) / 1000));
  return {
    ...meta,
    storedAtMs: nowMs,
    initialAgeSeconds: age,
    lifetimeSeconds: Math.min(meta.lifetimeSeconds, age),
    staleWhileRevalidateSeconds: 0,
    staleIfErrorSeconds: Math.max(meta.staleIfErrorSeconds, meta.staleWhileRevalidateSeconds),
  };
}
