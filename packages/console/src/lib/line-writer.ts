import type { LineStream } from './line-stream.ts';
import { missingLines } from './missing-lines.ts';
import { writeLastLines } from './write-last-lines.ts';

/** Collects lines and writes them to a stream. */
export interface LineWriter {
  write(line: string): void;
  /** Sends the waiting lines, as far as the stream takes them; the rest follows later. */
  flush(): void;
  /**
   * For the `exit` event of the process: writes waiting lines straight to the descriptor. It gives up after a second
   * without progress, or after two seconds in all. A last line then counts the lines left; if that cannot be written
   * either, the number is returned.
   */
  close(): number;
}

/**
 * Maximum of waiting bytes when the reader has stopped. Beyond it lines are dropped, because a log must not exhaust the
 * server's memory.
 */
const maxWaiting = 8 * 1024 * 1024;

/**
 * Maximum given to the stream at once: `close()` may be unable to write what the stream holds, if the stream does not
 * say how much of it has left.
 */
const maxPiece = 64 * 1024;

/**
 * Sends all lines of one turn of the event loop in one write, because a busy server has many lines and each write is a
 * system call.
 */
export function createLineWriter(stream: LineStream): LineWriter {
  return new BufferedLines(stream);
}

class BufferedLines implements LineWriter {
  private readonly stream: LineStream;
  /** Lines before `next` have been given to the stream. */
  private lines: string[] = [];
  private next = 0;
  private waitingSize = 0;
  private lost = 0;
  private isFlushPlanned = false;
  /** The last piece given to the stream and not sent yet; `''` if there is none. */
  private held = '';
  private heldLines = 0;
  /** Whether the stream was empty before that piece. */
  private isHeldFirst = false;
  private pieces = 0;
  private isClosed = false;

  constructor(stream: LineStream) {
    this.stream = stream;
    this.write = this.write.bind(this); // callers pass it on as a function
    this.flush = this.flush.bind(this);
    this.close = this.close.bind(this);
  }

  write(line: string): void {
    if (this.isClosed) {
      this.stream.write(line, () => undefined);
      return;
    }
    if (this.waitingSize > maxWaiting) {
      this.lost += 1;
      return;
    }
    this.tellLost();
    this.add(line);
    if (this.isFlushPlanned) return;
    this.isFlushPlanned = true;
    setImmediate(() => {
      this.isFlushPlanned = false;
      this.flush();
    });
  }

  flush(): void {
    while (this.held === '' && this.next < this.lines.length) this.sendPiece();
  }

  close(): number {
    if (this.isClosed) return 0;
    this.tellLost();
    this.flush();
    this.isClosed = true;
    const { held, isHeldFirst, heldLines } = this;
    const waiting = this.lines.splice(0).slice(this.next);
    return held === '' ? 0 : writeLastLines(this.stream, { held, heldLines, isHeldFirst, waiting });
  }

  private tellLost(): void {
    if (this.lost > 0) this.add(missingLines(this.lost));
    this.lost = 0;
  }

  private add(line: string): void {
    this.lines.push(line);
    this.waitingSize += line.length;
  }

  /** Gives the next piece of lines to the stream. */
  private sendPiece(): void {
    const first = this.next;
    let size = 0;
    while (this.next < this.lines.length && (size === 0 || size + this.lines[this.next]!.length <= maxPiece)) {
      size += this.lines[this.next++]!.length;
    }
    const count = this.next - first;
    const piece = count === this.lines.length ? this.lines.join('') : this.lines.slice(first, this.next).join('');
    if (this.next * 2 > this.lines.length) {
      this.lines = this.lines.slice(this.next); // only now and then, because the list may be long
      this.next = 0;
    }
    this.waitingSize -= size;
    this.isHeldFirst = this.stream.writableLength === 0;
    const number = ++this.pieces;
    this.stream.write(piece, () => this.sent(number));
    if (this.stream.writableLength === 0) return;
    this.held = piece;
    this.heldLines = count;
  }

  private sent(number: number): void {
    if (number !== this.pieces || this.isClosed) return; // an earlier piece, which had left at once
    this.held = '';
    this.heldLines = 0;
    this.flush();
  }
}
