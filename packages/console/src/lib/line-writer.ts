import { missingLines } from './missing-lines.ts';
import { writeLastLines } from './write-last-lines.ts';

/** Collects lines. */
export interface LineWriter {
  write(line: string): void;
  /** Sends what is there now, as far as the stream takes it; the rest follows when it does. */
  flush(): void;
  /**
   * For the `exit` event of the process: writes what waits straight to the descriptor, and gives up a second after its reader last took
   * something, two seconds in all. What is left then is counted in one last line; where nobody takes that either, the number is returned.
   */
  close(): number;
}

/** What of a stream the lines need: `process.stdout` for instance. */
export interface LineStream {
  /** Bytes that it holds because its reader is slow. */
  readonly writableLength: number;
  /** Where it writes to; without it what waits at the end of the process is lost. */
  readonly fd?: number;
  write(text: string, written: () => void): unknown;
}

/** What may wait for a reader that has stopped reading. Beyond it lines are lost: a server must not die of its log. */
const maxWaiting = 8 * 1024 * 1024;

/** What the stream gets at a time: what it holds can no longer be written by `close()` where the stream does not tell how much of it has left. */
const maxPiece = 64 * 1024;

/** Sends all lines of one turn of the event loop in one write: a busy server has many, and each write is a system call. */
export function createLineWriter(stream: LineStream): LineWriter {
  return new BufferedLines(stream);
}

class BufferedLines implements LineWriter {
  private readonly stream: LineStream;
  /** Those before `next` are with the stream. */
  private lines: string[] = [];
  private next = 0;
  private waitingSize = 0;
  private lost = 0;
  private isFlushPlanned = false;
  /** What the stream got last and has not sent; `''`: nothing waits there. */
  private held = '';
  private heldLines = 0;
  /** Whether nothing was before it in the stream. */
  private isHeldFirst = false;
  private pieces = 0;
  private isClosed = false;

  constructor(stream: LineStream) {
    this.stream = stream;
    this.write = this.write.bind(this); // it is passed on as a function
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

  /** Gives the stream as many lines as are one piece. */
  private sendPiece(): void {
    const first = this.next;
    let size = 0;
    while (this.next < this.lines.length && (size === 0 || size + this.lines[this.next]!.length <= maxPiece)) {
      size += this.lines[this.next++]!.length;
    }
    const count = this.next - first;
    const piece = count === this.lines.length ? this.lines.join('') : this.lines.slice(first, this.next).join('');
    if (this.next * 2 > this.lines.length) {
      this.lines = this.lines.slice(this.next); // not each time: it may be long
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
    if (number !== this.pieces || this.isClosed) return; // one before it had left at once
    this.held = '';
    this.heldLines = 0;
    this.flush();
  }
}
