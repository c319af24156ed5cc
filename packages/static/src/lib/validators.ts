import { formatETag, formatHttpDate } from '@windhover/http-semantics';

/** By what a client can tell whether its copy is still good. */
export interface Validators {
  readonly etag: string | undefined;
  readonly lastModifiedMs: number | undefined;
  /** The Last-Modified field. */
  readonly lastModified: string | undefined;
}

/** The coarsest clock of a file system in use is FAT's, which counts in steps of two seconds. */
const clockStepMs = 2_000;

/**
 * The validators of a file that was last written at `mtimeNs`.
 *
 * The tag is size and time, with a separator so that no two pairs look alike. It is strong: a file that is written twice within one
 * step of its clock is the one thing it misses, so it is weak until that step is over. A time at the epoch says nothing: images and
 * archives that are built reproducibly give it to all their files. Such a file has no validators, for a new version would
 * share them with the old one.
 */
export function fileValidators(size: number, mtimeNs: bigint, nowMs: number): Validators {
  const mtimeMs = Number(mtimeNs / 1_000_000n);
  if (mtimeMs < clockStepMs) return { etag: undefined, lastModifiedMs: undefined, lastModified: undefined };
  const etag = formatETag(`${size.toString(16)}-${mtimeNs.toString(16)}`, { weak: nowMs - mtimeMs < clockStepMs });
  // RFC 9110 §8.8.2.1: a time in the future is not sent.
  if (mtimeMs > nowMs) return { etag, lastModifiedMs: undefined, lastModified: undefined };
  return { etag, lastModifiedMs: mtimeMs, lastModified: formatHttpDate(mtimeMs) };
}
