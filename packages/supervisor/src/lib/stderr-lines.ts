import type { Readable } from 'node:stream';

/** Longer lines are passed on in pieces: a program that writes no line ends must not fill the memory. */
const maxLineBytes = 65_536;

/**
 * How much of the last output is kept to explain why a worker died: enough for a Node stack trace and its surroundings.
 */
const maxTailBytes = 4096;
const maxTailLines = 20;

/**
 * Passes a worker's stderr on in whole lines, so that lines of several workers do not mix, and remembers the last ones.
 */
export class StderrLines {
  #partial: Buffer = Buffer.alloc(0);
  #tail: Buffer = Buffer.alloc(0);
  /** Resolves when no more output can come. */
  readonly ended: Promise<void>;

  constructor(stream: Readable, forward: (lines: Buffer) => void) {
    this.ended = new Promise((resolve) => {
      stream.on('data', (chunk: Buffer) => this.#take(chunk, forward));
      stream.on('error', () => undefined); // 'close' follows
      stream.once('close', () => {
        if (this.#partial.length > 0) forward(Buffer.concat([this.#partial, Buffer.from('\n')]));
        this.#partial = Buffer.alloc(0);
        resolve();
      });
    });
  }

  /** The last lines, oldest first. */
  get last(): readonly string[] {
    const lines = this.#tail.toString('utf8').split('\n');
    return lines.filter((line) => line.trim() !== '').slice(-maxTailLines);
  }

  #take(chunk: Buffer, forward: (lines: Buffer) => void): void {
    this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-maxTailBytes);
    const all = Buffer.concat([this.#partial, chunk]);
    const end = all.length > maxLineBytes ? all.length : all.lastIndexOf(10) + 1;
    if (end > 0) forward(all.subarray(0, end));
    this.#partial = all.subarray(end);
  }
}
