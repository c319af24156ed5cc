import type { ReadBody } from '@windhover/core';

/** Bytes of a content that are known, and where they start. */
interface Run {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** More pieces than this take too long to look through. */
const maxRuns = 256;

/** What is known of one content: pieces in order that do not overlap. The caller knows that all of them are of the same content. */
export class ContentRuns {
  /** How many bytes are known. */
  bytes = 0;
  private runs: Run[] = [];

  /** Adds the bytes of a part that are not known yet. Returns how many they are. */
  add(start: number, bytes: Uint8Array): number {
    const before = this.bytes;
    const end = start + bytes.byteLength;
    const runs: Run[] = [];
    let from = start;
    for (const run of this.runs) {
      if (run.start > from && from < end) runs.push(pieceOf(start, bytes, from, Math.min(end, run.start)));
      from = Math.max(from, run.start + run.bytes.byteLength);
      runs.push(run);
    }
    if (from < end) runs.push(pieceOf(start, bytes, from, end));
    runs.sort((one, other) => one.start - other.start);
    if (runs.length > maxRuns) return 0;
    this.runs = runs;
    this.bytes = runs.reduce((sum, run) => sum + run.bytes.byteLength, 0);
    return this.bytes - before;
  }

  /** Whether every byte from `start` to `end`, that included, is known. */
  covers(start: number, end: number): boolean {
    let next = start;
    for (const run of this.runs) {
      if (run.start > next || next > end) break;
      next = Math.max(next, run.start + run.bytes.byteLength);
    }
    return next > end;
  }

  /** Returns a body with these bytes; all of them must be known. What is added later does not change it. */
  open(start: number, end: number): ReadBody {
    if (!this.covers(start, end)) throw new RangeError(`Not all bytes from ${start} to ${end} are known`);
    return new RunsBody(this.runs, start, end + 1 - start);
  }
}

/** A copy, so that no larger piece of memory is kept alive by a small one. */
function pieceOf(start: number, bytes: Uint8Array, from: number, end: number): Run {
  return { start: from, bytes: bytes.slice(from - start, end - start) };
}

class RunsBody implements ReadBody {
  readonly length: number;
  private readonly runs: readonly Run[];
  private readonly start: number;

  constructor(runs: readonly Run[], start: number, length: number) {
    this.runs = runs;
    this.start = start;
    this.length = length;
  }

  read(into: Uint8Array, position: number): number {
    const from = this.start + position;
    const left = Math.min(into.byteLength, this.length - position);
    for (const { start, bytes } of this.runs) {
      if (from < start || from >= start + bytes.byteLength) continue;
      const part = bytes.subarray(from - start, from - start + left);
      into.set(part);
      return part.byteLength;
    }
    return 0;
  }

  close(): void {
    // holds nothing open
  }
}
