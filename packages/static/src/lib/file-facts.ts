import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** Identifies a file and its version. */
export interface FileFacts {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: number;
  /** Time of last writing; any tool can set it. */
  readonly mtimeNs: bigint;
  /** Time of last change of content or attributes; only the system sets it. */
  readonly ctimeNs: bigint;
}

export function toFacts({ dev: device, ino: inode, size, mtimeNs, ctimeNs }: BigIntStats): FileFacts {
  return { device, inode, size: Number(size), mtimeNs, ctimeNs };
}

/** The current facts of an open file. */
export async function readFacts(handle: Pick<FileHandle, 'stat'>): Promise<FileFacts> {
  return toFacts(await handle.stat({ bigint: true }));
}

/** Whether an open file was not changed between two looks. */
export function isSameVersion(one: FileFacts, other: FileFacts): boolean {
  return one.size === other.size && one.mtimeNs === other.mtimeNs && one.ctimeNs === other.ctimeNs;
}
