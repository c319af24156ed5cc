import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** Which file it is, and which version of it. */
export interface FileFacts {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: number;
  /** Time of last writing, which any tool can set. */
  readonly mtimeNs: bigint;
  /** Time of last change of content or attributes, which the system alone sets. */
  readonly ctimeNs: bigint;
}

export function toFacts({ dev: device, ino: inode, size, mtimeNs, ctimeNs }: BigIntStats): FileFacts {
  return { device, inode, size: Number(size), mtimeNs, ctimeNs };
}

/** What an open file is now. */
export async function readFacts(handle: Pick<FileHandle, 'stat'>): Promise<FileFacts> {
  return toFacts(await handle.stat({ bigint: true }));
}

/** Whether an open file was not changed between two looks. */
export function isSameVersion(one: FileFacts, other: FileFacts): boolean {
  return one.size === other.size && one.mtimeNs === other.mtimeNs && one.ctimeNs === other.ctimeNs;
}
