import type { Duplex } from 'node:stream';
import { parseLine } from './line-reader.ts';

/** A larger message is a mistake: both sides keep it in memory. */
const maxMessageBytes = 64 * 1024 * 1024;

/** One end of the pipe for the application's own messages: one line of JSON each, in order. */
export class MessageChannel {
  readonly #stream: Duplex;
  readonly #onMessage: (message: unknown) => void;
  /** The pieces of a line whose end has not arrived. */
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(stream: Duplex, onMessage: (message: unknown) => void) {
    this.#stream = stream;
    this.#onMessage = onMessage;
    stream.on('data', (chunk: Buffer) => this.#read(chunk));
    stream.on('error', () => undefined); // the process at the other end is gone, which its owner notices
  }

  /** Bytes that were sent but that the other end has not taken yet. */
  get pendingBytes(): number {
    return this.#stream.writableLength;
  }

  /** Returns false if the other end is gone. Throws a `TypeError` for what JSON cannot express. */
  send(message: unknown): boolean {
    const text = JSON.stringify(message);
    if (text === undefined)
      throw new TypeError(`A message must be a value that JSON can express, not ${typeof message}`);
    if (this.#stream.writable) this.#stream.write(`${text}\n`);
    return this.#stream.writable;
  }

  /** Resolves when the other end has taken everything that was sent, or is gone. */
  flushed(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#stream.writable) resolve();
      else {
        this.#stream.once('close', resolve);
        this.#stream.write('\n', () => resolve());
      }
    });
  }

  close(): void {
    this.#stream.destroy();
  }

  #read(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.#keep(chunk.subarray(start, end));
      this.#tell();
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  #keep(piece: Buffer): void {
    this.#bytes += piece.byteLength;
    if (this.#bytes > maxMessageBytes) this.#pieces = [];
    else if (piece.byteLength > 0) this.#pieces.push(piece);
  }

  #tell(): void {
    const line = this.#bytes > maxMessageBytes ? '' : Buffer.concat(this.#pieces).toString('utf8');
    this.#pieces = [];
    this.#bytes = 0;
    const message = line === '' ? undefined : parseLine(line);
    if (message !== undefined) this.#onMessage(message);
  }
}
