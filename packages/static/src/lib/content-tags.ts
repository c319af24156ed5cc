import { createHash } from 'node:crypto';
import { type FileFacts, isSameVersion } from './file-facts.ts';
import { type ReadableFile, readUpTo } from './read-up-to.ts';
import { isSettled } from './validators.ts';

/** Hashing this many bytes takes about a millisecond, during which nothing else runs. */
const chunkBytes = 1024 * 1024;
/** About 3 MB of memory. */
const maxEntries = 10_000;

interface Entry {
  readonly facts: FileFacts;
  readonly tag: string | Promise<string | undefined>;
}

/**
 * Hashes of file contents, computed once for each version of a file. The system sets a file's time of change whenever
 * its content or its other times are written, so size and times together identify a version.
 */
export class ContentTags {
  /** Larger files are not hashed. */
  readonly maxBytes: number;
  private readonly entries = new Map<string, Entry>();

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** The hash of this version, if it is known or being computed. */
  known(facts: FileFacts): Entry['tag'] | undefined {
    const entry = this.entries.get(facts.id);
    return entry !== undefined && isSameVersion(entry.facts, facts) ? entry.tag : undefined;
  }

  /** The hash of an open file; `null` if it is too large, `undefined` if it was changed while it was read. */
  async find(file: ReadableFile, facts: FileFacts, nowMs: number): Promise<string | null | undefined> {
    if (facts.size > this.maxBytes) return null;
    const known = this.known(facts);
    if (known !== undefined) return known;
    const tag = hashVersion(file, facts);
    this.remember(facts, tag, nowMs);
    return tag;
  }

  /**
   * Stores a hash. A file that may be written again within the same step of its clock is not stored: it is hashed each
   * time until that step is over.
   */
  remember(facts: FileFacts, tag: Entry['tag'], nowMs: number): void {
    const key = facts.id;
    this.entries.delete(key); // deleted first, so that it is added at the end, among the newest
    if (!isSettled(facts, nowMs)) return;
    if (this.entries.size >= maxEntries) this.entries.delete(this.entries.keys().next().value!);
    this.entries.set(key, { facts, tag });
    if (typeof tag !== 'string') void this.forgetFailure(key, tag);
  }

  /**
   * Whether the bytes read since `nowMs`, when `facts` and `tag` were found, belong to that version. If the times do
   * not tell, the file is hashed again, so that a file that only grew, or has another mode, still counts as the same.
   */
  async isUnchanged(file: ReadableFile, facts: FileFacts, tag: string | null, nowMs: number): Promise<boolean> {
    const settled = isSettled(facts, nowMs);
    if (settled && isSameVersion(await file.look(), facts)) return true;
    if (tag === null) return !settled; // such a file has a different tag for each answer, so nothing was promised
    return (await hash(file, facts.size)) === tag;
  }

  /** Removes a failed hash, so that the next request tries again; current callers get the failure from `find`. */
  private async forgetFailure(key: string, tag: Promise<string | undefined>): Promise<void> {
    const found = await tag.catch(() => undefined);
    if (found === undefined && this.entries.get(key)?.tag === tag) this.entries.delete(key);
  }
}

/** The hash of content in memory. */
export function contentTag(content: Uint8Array): string {
  return toTag(createHash('sha256').update(content));
}

async function hashVersion(file: ReadableFile, facts: FileFacts): Promise<string | undefined> {
  const tag = await hash(file, facts.size);
  return isSameVersion(await file.look(), facts) ? tag : undefined;
}

async function hash(file: ReadableFile, size: number): Promise<string> {
  const sum = createHash('sha256');
  const buffer = new Uint8Array(Math.min(chunkBytes, size));
  for (let position = 0; position < size; ) {
    const chunk = await readUpTo(file, buffer.subarray(0, size - position), position);
    if (chunk.byteLength === 0) break; // the file shrinks, so it is another version
    sum.update(chunk);
    position += chunk.byteLength;
  }
  return toTag(sum);
}

function toTag(sum: ReturnType<typeof createHash>): string {
  return sum.digest('base64url').slice(0, 22); // 128 bits
}
