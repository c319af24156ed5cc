import { writeSync } from 'node:fs';
import type { LineStream } from './line-stream.ts';
import { missingLines } from './missing-lines.ts';

/** The lines that have not left when the process ends. */
export interface LastLines {
  /** The piece that the stream holds, and whether the stream was empty before it. */
  readonly held: string;
  readonly heldLines: number;
  readonly isHeldFirst: boolean;
  /** The lines that the stream has not got yet. */
  readonly waiting: readonly string[];
}

/**
 * A live reader takes something within a second. In all, the exit must not be delayed longer than a person waits after
 * pressing Ctrl-C twice.
 */
const patienceMs = 1000;
const longestMs = 2000;
const pauseMs = 5;

/** POSIX: a pipe takes a piece of this size whole or not at all, so no line is torn and the rest can be counted. */
const pieceBytes = 4096;

interface Piece {
  readonly bytes: Uint8Array;
  readonly lines: number;
}

/**
 * Writes to the descriptor of a stream that will send nothing more itself. Only streams that hold data get here, which
 * are pipes and sockets, whose descriptors do not block; files and terminals hold nothing. Returns how many lines are
 * lost without a note in the output.
 */
export function writeLastLines(stream: LineStream, last: LastLines): number {
  const { fd } = stream;
  if (fd === undefined) return last.heldLines + last.waiting.length;
  const pieces = [...heldPieces(stream, last), ...inPieces(last.waiting)];
  const startedAt = performance.now();
  let takenAt = startedAt;
  let offset = 0;
  while (pieces.length > 0) {
    const { bytes } = pieces[0]!;
    const taken = tryWrite(fd, bytes.subarray(offset));
    const now = performance.now();
    if (taken > 0) {
      takenAt = now;
      offset += taken;
      if (offset < bytes.byteLength) continue;
      pieces.shift();
      offset = 0;
    } else if (taken < 0 || now - takenAt >= patienceMs || now - startedAt >= longestMs) {
      break;
    } else {
      Atomics.wait(sleeper, 0, 0, pauseMs);
    }
  }
  let left = 0;
  for (const { lines } of pieces) left += lines;
  if (left === 0) return 0;
  const lastLine = Buffer.from((offset > 0 ? '\n' : '') + missingLines(left));
  return tryWrite(fd, lastLine) === lastLine.byteLength ? 0 : left;
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Returns the bytes taken; 0: not now, -1: never. */
function tryWrite(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : -1;
  }
}

/**
 * The bytes that the stream holds and the system has not taken. If their number is unknown, a line says how many lines
 * may be missing.
 */
function heldPieces(stream: LineStream, { held, heldLines, isHeldFirst }: LastLines): Piece[] {
  if (held === '') return [];
  const bytes = Buffer.from(held);
  // Node has no public way to ask. Without an answer, the lines count as missing.
  const left = (stream as { readonly _handle?: { readonly writeQueueSize?: unknown } | null })._handle?.writeQueueSize;
  if (!isHeldFirst || typeof left !== 'number' || left > bytes.byteLength) {
    return [{ bytes: Buffer.from(`\n${missingLines(heldLines)}`), lines: heldLines }];
  }
  const tail = bytes.subarray(bytes.byteLength - left);
  const pieces: Piece[] = [];
  for (let start = 0; start < tail.byteLength; ) {
    const limit = start + pieceBytes;
    const lineEnd = limit >= tail.byteLength ? tail.byteLength : tail.lastIndexOf(newline, limit - 1) + 1;
    const end = lineEnd > start ? lineEnd : limit;
    const piece = tail.subarray(start, end);
    pieces.push({ bytes: piece, lines: countLines(piece) });
    start = end;
  }
  return pieces;
}

const newline = 10;

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === newline) count += 1;
  return count;
}

function inPieces(lines: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  let texts: string[] = [];
  let size = 0;
  const close = (): void => {
    if (texts.length > 0) pieces.push({ bytes: Buffer.from(texts.join('')), lines: texts.length });
    texts = [];
    size = 0;
  };
  for (const line of lines) {
    const bytes = Buffer.byteLength(line);
    if (size + bytes > pieceBytes) close();
    texts.push(line);
    size += bytes;
  }
  close();
  return pieces;
}
