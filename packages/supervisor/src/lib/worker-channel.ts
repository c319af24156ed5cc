import type { Duplex } from 'node:stream';
import { createLineReader } from './line-reader.ts';
import { formatMessage, maxMessageBytes, readFromWorker, type ToSupervisor, type ToWorker } from './messages.ts';

/**
 * A worker sends a few dozen bytes a second. The channel of one that floods it is read this slowly, so that it blocks
 * only itself.
 */
const maxBytesPerSecond = 65_536;

/** The supervisor's end of the pipe to a worker. Messages from it are not trusted. */
export class WorkerChannel {
  readonly #stream: Duplex;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param onClosed runs when the other end has closed, and after `close()` */
  constructor(stream: Duplex, onMessage: (message: ToSupervisor) => void, onClosed: () => void) {
    this.#stream = stream;
    const onLine = (line: string): void => {
      const message = readFromWorker(line);
      if (message !== null) onMessage(message);
    };
    const reader = createLineReader(maxMessageBytes, onLine, () => undefined);
    stream.on('data', (chunk: Buffer) => {
      this.#limit(chunk.byteLength);
      reader.read(chunk);
    });
    stream.on('error', () => undefined); // 'close' follows
    stream.once('close', onClosed);
  }

  send(message: ToWorker): void {
    if (this.#stream.writable) this.#stream.write(formatMessage(message));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stream.destroy();
  }

  #limit(bytes: number): void {
    this.#bytes += bytes;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#bytes = 0;
      this.#stream.resume();
    }, 1000).unref();
    if (this.#bytes > maxBytesPerSecond) this.#stream.pause();
  }
}
