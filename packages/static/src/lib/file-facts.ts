import type { BigIntStats } from 'node:fs';

/** Identifies a file and its version. */
export interface FileFacts {
  /** The same for two paths of one file, different for different files: device and inode. */
  readonly id: string;
  readonly size: number;
  /** Time of last writing; any tool can set it. */
  readonly mtimeNs: bigint;
  /** Time of last change of content or attributes; only the system sets it. */
  readonly ctimeNs: bigint;
}

export function toFacts({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): FileFacts {
  return { id: `${dev}:${ino}`, size: Number(size), mtimeNs, ctimeNs };
}

/** Whether a file was not changed between two looks. */
export function isSameVersion(one: FileFacts, other: FileFacts): boolean {
  return one.size === other.size && one.mtimeNs === other.mtimeNs && one.ctimeNs === other.ctimeNs;
}
