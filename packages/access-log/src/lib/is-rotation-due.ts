import type { RotateOptions } from './line-sink.ts';

/** What is known about a file before a line is written to it. */
export interface FileState {
  readonly sizeBytes: number;
  /** Bytes of the lines that begin it: a file with nothing else is not rotated. */
  readonly headerBytes: number;
  /** When the period of the file began to count: its first line, or its last change if it was there before. */
  readonly since: number;
}

/** Decides whether the file must be rotated before a line of `lineBytes` is written at `now`. */
export function isRotationDue(rotate: RotateOptions, file: FileState, lineBytes: number, now: number): boolean {
  if (file.sizeBytes <= file.headerBytes) return false;
  const { sizeBytes = null, everyMs = null } = rotate;
  if (sizeBytes !== null && file.sizeBytes + lineBytes > sizeBytes) return true;
  return everyMs !== null && Math.floor(file.since / everyMs) < Math.floor(now / everyMs);
}
