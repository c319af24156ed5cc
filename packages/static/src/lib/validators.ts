import { formatETag, formatHttpDate } from '@windhover/http-semantics';
import type { FileFacts } from './file-facts.ts';

/** By what a client can tell whether its copy is still good. */
export interface Validators {
  readonly etag: string | undefined;
  /** Since when the content is what it is, as far as this server can tell: what dates in conditions are compared with. */
  readonly lastModifiedMs: number | undefined;
  /** The Last-Modified field. */
  readonly lastModified: string | undefined;
}

/** There is always a tag, except for what may be of several versions. */
export interface FileValidators extends Validators {
  readonly etag: string;
}

/** Those of a body that may be of several versions of its file. */
export const noValidators: Validators = { etag: undefined, lastModifiedMs: undefined, lastModified: undefined };

/** The coarsest clock of a file system in use is FAT's, which counts in steps of two seconds. */
const clockStepMs = 2_000;

/**
 * The validators of a file.
 *
 * The tag is the hash of the content: two versions never share it, whatever a build tool has stamped on them as their time, and every
 * server of a farm has the same. A file that is too large to be hashed has size and times as its tag. It is weak while the file may
 * still be written within one step of its clock, since the bytes that are sent may then be newer than the tag.
 *
 * Last-Modified is the time of last writing, unless that says nothing (the epoch) or lies in the future (RFC 9110 §8.8.2.1). A date in
 * a condition is compared with the time of last change, which no tool can stamp.
 *
 * @param contentTag the hash of the content, `null` when there is none
 */
export function fileValidators(file: FileFacts, contentTag: string | null, nowMs: number): FileValidators {
  const { size, mtimeNs, ctimeNs } = file;
  const weak = !isSettled(file, nowMs);
  // Two versions may share size and times within one step of the clock: until it is over every answer has a tag of its own.
  const times = `${mtimeNs.toString(16)}-${ctimeNs.toString(16)}${weak ? `-${nowMs.toString(16)}` : ''}`;
  const etag = formatETag(contentTag ?? `${size.toString(16)}-${times}`, { weak });
  const mtimeMs = toMs(mtimeNs);
  if (mtimeMs < clockStepMs || mtimeMs > nowMs) return { etag, lastModifiedMs: undefined, lastModified: undefined };
  return { etag, lastModifiedMs: Math.max(mtimeMs, toMs(ctimeNs)), lastModified: formatHttpDate(mtimeMs) };
}

/** Whether a later write gives the file another time of change. */
export function isSettled(file: Pick<FileFacts, 'ctimeNs'>, nowMs: number): boolean {
  return nowMs - toMs(file.ctimeNs) >= clockStepMs;
}

function toMs(ns: bigint): number {
  return Number(ns / 1_000_000n);
}
