import { randomBytes } from 'node:crypto';
import type {
  CacheEntry,
  CacheMeta,
  CacheWriter,
  PurgeListener,
  PurgeSelector,
  SharedCacheStore,
} from '@windhover/cache';
import { redisError } from '../errors.ts';
import type { RedisCalls } from '../redis-calls.ts';
import { type CacheKeys, cacheKeys, shortHash } from './cache-keys.ts';
import { CacheLog, type LogPosition } from './cache-log.ts';
import { commitScript, getScript, purgeScript, purgeStep, updateScript } from './cache-scripts.ts';
import { formatPurge } from './logged-purge.ts';
import { PendingPurges } from './pending-purges.ts';
import { RedisCacheEntry } from './redis-cache-entry.ts';
import type { ResolvedRedisCache } from './redis-cache-options.ts';
import { RedisCacheWriter } from './redis-cache-writer.ts';
import { chunkBytes, lifeOf, readAnswer } from './stored-answer.ts';

/** For so long the pieces of a removed content stay, for those who are just reading it. */
const readOnMs = 60_000;
/** What an answer costs besides its content: its description twice, and its places in the indexes; measured. */
const answerBytes = 800;

/** A cache in Redis. */
export class RedisCache implements SharedCacheStore {
  private readonly calls: RedisCalls;
  private readonly keys: CacheKeys;
  private readonly log: CacheLog;
  private readonly pending: PendingPurges;
  private readonly maxBytes: number;
  private readonly isLocal: boolean;
  private isTold = false;

  constructor(
    calls: RedisCalls,
    name: string,
    { maxBytes, maxUnknownMs, onStoreError, subscribe }: ResolvedRedisCache,
  ) {
    this.calls = calls;
    this.keys = cacheKeys(calls.prefix, name);
    this.log = new CacheLog(calls, this.keys, maxUnknownMs);
    this.pending = new PendingPurges((selector, soft) => this.purgeNow(selector, soft));
    this.log.onBehind = () => this.pending.add({ all: true }, false);
    this.maxBytes = maxBytes;
    this.isLocal = onStoreError === 'local';
    subscribe(this.keys.channel, (message) => this.log.heard(message));
  }

  get bytes(): number {
    return this.log.bytes;
  }

  get size(): number {
    return this.log.answers;
  }

  get isCurrent(): boolean {
    const { isKnown } = this.log;
    if (this.pending.size > 0 && isKnown) this.pending.flush().catch(toldByCalls);
    return isKnown || (this.isLocal && this.calls.isFailing);
  }

  async get(key: string): Promise<readonly CacheEntry[]> {
    try {
      // What was purged here while Redis could not be reached must be gone before anything is found.
      if (this.pending.size > 0) await this.pending.flush();
      const [found] = await this.log.run(getScript, [shortHash(key)]);
      return this.toEntries(found, key);
    } catch {
      return nothing; // a miss; the log of the calls has heard of it
    }
  }

  open(meta: CacheMeta): CacheWriter {
    const position = this.log.knownPosition(); // purges after it are about this answer too
    return new RedisCacheWriter(meta, (complete, chunks) => this.store(complete, chunks, position));
  }

  async update(entry: CacheEntry, meta: CacheMeta): Promise<void> {
    const { id, contentId } = entry as RedisCacheEntry;
    const lifeMs = lifeOf(meta, this.calls.clock.now());
    const count = Math.ceil(meta.length! / chunkBytes);
    const prolonged = Array.from({ length: count }, (_, index) => {
      const key = this.keys.chunk(contentId, index);
      return this.calls.call(key, ['PEXPIRE', key, String(lifeMs)]);
    });
    const changed = this.log.run(updateScript, [id, String(lifeMs), JSON.stringify(meta)]);
    await Promise.all([changed, ...prolonged]).catch(toldByCalls);
  }

  async purge(selector: PurgeSelector, soft: boolean): Promise<number> {
    this.log.tell(selector, soft);
    try {
      return await this.purgeNow(selector, soft);
    } catch (error) {
      this.pending.add(selector, soft);
      throw error;
    }
  }

  onPurge(listener: PurgeListener): () => void {
    return this.log.listen(listener);
  }

  private toEntries(found: unknown, key: string): readonly CacheEntry[] {
    if (!Array.isArray(found)) return nothing;
    const entries: CacheEntry[] = [];
    for (let index = 0; index + 1 < found.length; index += 2) {
      const id = String(found[index]);
      const answer = readAnswer(id, String(found[index + 1]), key, this.maxBytes);
      if (answer === null) this.tellInvalid(id);
      else entries.push(new RedisCacheEntry(id, answer, this.readChunk));
    }
    return entries;
  }

  /** Tells once that Redis has something that is not an answer. */
  private tellInvalid(id: string): void {
    if (this.isTold) return;
    this.isTold = true;
    this.calls.log.warn('Redis has something that is not an answer of this cache: it counts as a miss', { id });
  }

  private readonly readChunk = async (contentId: string, index: number): Promise<Uint8Array | null> => {
    const key = this.keys.chunk(contentId, index);
    const bytes = await this.calls.call(key, ['GET', key], true);
    return bytes instanceof Uint8Array ? bytes : null;
  };

  /** Never rejects: an answer that cannot be stored is forgotten. */
  private async store(
    meta: CacheMeta,
    chunks: readonly Uint8Array[],
    from: LogPosition | Promise<LogPosition>,
  ): Promise<void> {
    const contentId = randomBytes(12).toString('base64url');
    const lifeMs = lifeOf(meta, this.calls.clock.now());
    const json = JSON.stringify(meta);
    const bytes = meta.length! + 2 * json.length + answerBytes;
    if (bytes > this.maxBytes) return;
    try {
      for (const [index, chunk] of chunks.entries()) {
        const key = this.keys.chunk(contentId, index);
        // One after the other, so that a large content does not keep others waiting.
        await this.calls.call(key, ['SET', key, asBuffer(chunk), 'PX', String(lifeMs)]);
      }
      const hash = shortHash(meta.key);
      const numbers = [meta.codings, bytes, chunks.length].map(String);
      const same = [shortHash(meta.variant), shortHash(meta.coding)];
      const limits = [String(lifeMs), String(this.maxBytes)];
      const values = [hash, `${hash}/${contentId}`, ...numbers, ...same, ...limits, json];
      const [isStored, removed] = await this.log.run(commitScript, values, await from);
      if (isStored !== 1) this.removeContent(contentId, chunks.length);
      this.removeContents(removed);
    } catch {
      // The log of the calls has heard of it. The pieces end by themselves.
    }
  }

  private async purgeNow(selector: PurgeSelector, soft: boolean): Promise<number> {
    const [kind, text] = Object.entries(selector)[0] as [string, string | true];
    const json = formatPurge({ selector, soft, by: this.log.own });
    let [at, cursor, count] = ['0', '', 0];
    // Each answer is in an index once, and costs so much at least; a few more can come meanwhile.
    const maxRounds = 1000 + Math.ceil(this.maxBytes / answerBytes / purgeStep);
    for (let round = 0; round < maxRounds; round++) {
      const values = [kind, String(text), soft ? '1' : '0', json, this.keys.channel, at, cursor];
      const [purgeAt, next, removedCount, removed] = await this.log.run(purgeScript, values);
      if (typeof next !== 'string') throw redisError('REDIS_FAILED', 'an answer of another kind to a purge');
      [at, count] = [String(purgeAt), count + Number(removedCount)];
      this.removeContents(removed);
      if (next === '') return count;
      if (next === cursor) break;
      cursor = next;
    }
    throw redisError('REDIS_FAILED', 'a purge that does not end');
  }

  private get maxChunks(): number {
    return Math.ceil(this.maxBytes / chunkBytes);
  }

  /** @param removed `hash of the key/id of the content`, and how many pieces it has */
  private removeContents(removed: unknown): void {
    if (!Array.isArray(removed)) return;
    for (const each of removed) {
      const [, contentId, count] = /\/(\S+) (\d+)$/.exec(String(each)) ?? [];
      // No content of this cache has more pieces; other counts are not ours, and counting up to them could take hours.
      if (contentId !== undefined && Number(count) <= this.maxChunks) this.removeContent(contentId, Number(count));
    }
  }

  private removeContent(contentId: string, count: number): void {
    for (let index = 0; index < count; index++) {
      const key = this.keys.chunk(contentId, index);
      const command = count === 1 ? ['UNLINK', key] : ['PEXPIRE', key, String(readOnMs)];
      this.calls.call(key, command).catch(toldByCalls); // if that fails, it ends by itself
    }
  }
}

const nothing: readonly never[] = [];
const toldByCalls = (): undefined => undefined;

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
