import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { FileFacts } from './open-file.ts';
import { isSettled } from './validators.ts';

/** A hash of this many bytes takes about a millisecond, in which nothing else runs. */
const chunkBytes = 1024 * 1024;
/** About 3 MB of memory. */
const maxEntries = 10_000;

interface Entry {
  readonly facts: FileFacts;
  readonly tag: Promise<string>;
}

/**
 * Hashes of the contents of files, each made once for a version of a file. The system sets the time of change of a file by itself
 * whenever its content or its other times are written, so that size and times together tell a version of it.
 */
export class ContentTags {
  private readonly entries = new Map<string, Entry>();
  private readonly maxBytes: number;

  /** @param maxBytes files above it have no hash */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** The hash of an open file; `null` for one that is too large. */
  async find(handle: FileHandle, facts: FileFacts, nowMs: number): Promise<string | null> {
    if (facts.size > this.maxBytes) return null;
    const key = `${facts.device}:${facts.inode}`;
    const known = this.entries.get(key);
    if (known !== undefined && isSameVersion(known.facts, facts)) return known.tag;
    const tag = hash(handle, facts.size);
    this.entries.delete(key); // so that it stands last, among the newest
    // A file that may be written again within the same step of its clock is hashed each time until that step is over.
    if (isSettled(facts, nowMs)) this.remember(key, { facts, tag });
    return tag;
  }

  private remember(key: string, entry: Entry): void {
    if (this.entries.size >= maxEntries) this.entries.delete(this.entries.keys().next().value!);
    this.entries.set(key, entry);
    entry.tag.catch(() => this.entries.delete(key)); // the next request tries again; this one hears of it from `find`
  }
}

function isSameVersion(one: FileFacts, other: FileFacts): boolean {
  return one.size === other.size && one.mtimeNs === other.mtimeNs && one.ctimeNs === other.ctimeNs;
}

async function hash(handle: FileHandle, size: number): Promise<string> {
  const sum = createHash('sha256');
  const buffer = new Uint8Array(Math.min(chunkBytes, size));
  for (let position = 0; position < size; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.byteLength, size - position), position);
    if (bytesRead === 0) break; // it shrinks: the body that is sent fails the same way
    sum.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  return sum.digest('base64url').slice(0, 22); // 128 bits
}
