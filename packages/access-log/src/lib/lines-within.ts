import type { Batch } from './batch-queue.ts';

const lineFeed = 10;

/** Whether the part of a batch that is not written yet begins with a whole line. */
export function isAtLine({ bytes, start }: Batch): boolean {
  return start === 0 || bytes[start - 1] === lineFeed;
}

/** Returns where the next line of a batch ends. */
export function lineEnd({ bytes, start, end }: Batch): number {
  const found = bytes.indexOf(lineFeed, start);
  return found < 0 || found >= end ? end : found + 1;
}

/** Returns where the whole lines of a batch end that fit into `room` bytes. There is at least one line before it. */
export function linesWithin(batch: Batch, room: number): number {
  const { bytes, start, end } = batch;
  if (end - start <= room) return end;
  const last = room < 1 ? -1 : bytes.lastIndexOf(lineFeed, start + room - 1);
  return last < start ? lineEnd(batch) : last + 1;
}
