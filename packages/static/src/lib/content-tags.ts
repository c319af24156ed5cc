import { createHash } from 'node:crypto';
import { type FileFacts, isSameVersion, readFacts } from './file-facts.ts';
import { type ReadableFile, readUpTo } from './read-up-to.ts';
import { isSettled } from './validators.ts';

/** A hash of this many bytes takes about a millisecond, in which nothing else runs. */
const chunkBytes = 1024 * 1024;
/** About 3 MB of memory. */
const maxEntries = 10_000;

interface Entry {
  readonly facts: FileFacts;
  readonly tag: string | Promise<string | undefined>;
}

/**
 * Hashes of the contents of files, each made once for a version of a file. The system sets the time of change of a file by itself
 * whenever its content or its other times are written, so that size and times together tell a version of it.
 */
export class ContentTags {
  /** Files above it have no hash. */
  readonly maxBytes: number;
  private readonly entries = new Map<string, Entry>();

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** The hash of this version, if it is known or being made. */
  known(facts: FileFacts): Entry['tag'] | undefined {
    const entry = this.entries.get(keyOf(facts));
    return entry !== undefined && isSameVersion(entry.facts, facts) ? entry.tag : undefined;
  }

  /** The hash of an open file: `null` for one that is too large, `undefined` for one that was changed while it was read. */
  async find(handle: ReadableFile, facts: FileFacts, nowMs: number): Promise<string | null | undefined> {
    if (facts.size > this.maxBytes) return null;
    const known = this.known(facts);
    if (known !== undefined) return known;
    const tag = hashVersion(handle, facts);
    this.remember(facts, tag, nowMs);
    return tag;
  }

  /** A file that may be written again within the same step of its clock is hashed each time until that step is over. */
  remember(facts: FileFacts, tag: Entry['tag'], nowMs: number): void {
    const key = keyOf(facts);
    this.entries.delete(key); // so that it stands last, among the newest
    if (!isSettled(facts, nowMs)) return;
    if (this.entries.size >= maxEntries) this.entries.delete(this.entries.keys().next().value!);
    this.entries.set(key, { facts, tag });
    if (typeof tag !== 'string') void this.forgetFailure(key, tag);
  }

  /**
   * Whether what was read of a file since `facts` and `tag` were found, at `nowMs`, is what they stand for. Where its times do not tell,
   * it is hashed again: then a file that has only grown, or has another mode, is not taken for another.
   */
  async isUnchanged(handle: ReadableFile, facts: FileFacts, tag: string | null, nowMs: number): Promise<boolean> {
    const settled = isSettled(facts, nowMs);
    if (settled && isSameVersion(await readFacts(handle), facts)) return true;
    if (tag === null) return !settled; // such a file has a tag for each answer, which promises nothing
    return (await hash(handle, facts.size)) === tag;
  }

  /** The next request tries again; those that wait for it now hear of it from `find`. */
  private async forgetFailure(key: string, tag: Promise<string | undefined>): Promise<void> {
    const found = await tag.catch(() => undefined);
    if (found === undefined && this.entries.get(key)?.tag === tag) this.entries.delete(key);
  }
}

function keyOf({ device, inode }: FileFacts): string {
  return `${device}:${inode}`;
}

/** The hash of a content that is in memory. */
export function contentTag(content: Uint8Array): string {
  return toTag(createHash('sha256').update(content));
}

async function hashVersion(handle: ReadableFile, facts: FileFacts): Promise<string | undefined> {
  const tag = await hash(handle, facts.size);
  return isSameVersion(await readFacts(handle), facts) ? tag : undefined;
}

async function hash(handle: ReadableFile, size: number): Promise<string> {
  const sum = createHash('sha256');
  const buffer = new Uint8Array(Math.min(chunkBytes, size));
  for (let position = 0; position < size; ) {
    const chunk = await readUpTo(handle, buffer.subarray(0, size - position), position);
    if (chunk.byteLength === 0) break; // it shrinks: then it is another version
    sum.update(chunk);
    position += chunk.byteLength;
  }
  return toTag(sum);
}

function toTag(sum: ReturnType<typeof createHash>): string {
  return sum.digest('base64url').slice(0, 22); // 128 bits
}
