import { formatETag, formatHttpDate } from '@windhover/http-semantics';
import type { FileFacts } from './file-facts.ts';

/** The fields by which a client can check whether its copy is current. */
export interface Validators {
  readonly etag: string | undefined;
  /** When the content last changed, as far as this server can tell. Dates in conditions are compared with it. */
  readonly lastModifiedMs: number | undefined;
  /** The value of the Last-Modified field. */
  readonly lastModified: string | undefined;
}

/** Validators of one version of a file, which always include a tag. */
export interface FileValidators extends Validators {
  readonly etag: string;
}

/** For a body that may mix several versions of its file. */
export const noValidators: Validators = { etag: undefined, lastModifiedMs: undefined, lastModified: undefined };

/** FAT has the coarsest clock of any file system in use, with steps of two seconds. */
const clockStepMs = 2_000;

/**
 * Returns the validators of a file.
 *
 * The tag is a hash of the content: different versions never share it, whatever time a build tool has set, and it is
 * the same on every server. The tag of a file too large to hash is made of its size and times. It is weak while the
 * file may still be written within the same step of its clock, because the bytes sent may then be newer than the tag.
 *
 * Last-Modified is the time of last writing, unless that is the epoch, which means nothing, or lies in the future (RFC
 * 9110 §8.8.2.1). Dates in conditions are compared with the time of last change, which no tool can set.
 *
 * @param contentTag the hash of the content, `null` if there is none
 */
export function fileValidators(file: FileFacts, contentTag: string | null, nowMs: number): FileValidators {
  const { size, mtimeNs, ctimeNs } = file;
  const weak = !isSettled(file, nowMs);
  // Two versions may share size and times within one step of the clock, so until it is over every answer gets its own
  // tag.
  const times = `${mtimeNs.toString(16)}-${ctimeNs.toString(16)}${weak ? `-${nowMs.toString(16)}` : ''}`;
  const etag = formatETag(contentTag ?? `${size.toString(16)}-${times}`, { weak });
  const mtimeMs = toMs(mtimeNs);
  if (mtimeMs < clockStepMs || mtimeMs > nowMs) return { etag, lastModifiedMs: undefined, lastModified: undefined };
  return { etag, lastModifiedMs: Math.max(mtimeMs, toMs(ctimeNs)), lastModified: formatHttpDate(mtimeMs) };
}

/** Whether any later write gives the file a different time of change. */
export function isSettled(file: Pick<FileFacts, 'ctimeNs'>, nowMs: number): boolean {
  return nowMs - toMs(file.ctimeNs) >= clockStepMs;
}

function toMs(ns: bigint): number {
  return Number(ns / 1_000_000n);
}
