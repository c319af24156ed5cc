import type { Connection } from '@windhover/core';
import { createMemoryPair } from '@windhover/transport';

/** Enough turns of the event loop for everything that does not wait for a clock. */
const defaultTurns = 12;

/** The client's end of a memory connection. Text is bytes in latin1. */
export class MemoryClient {
  /** Our end, for `pause()`, `end()`, `destroy()` and `reset()`. */
  readonly channel: Connection;
  /** The text received since the last `take()`. */
  text = '';
  /** The number of `data` calls. */
  pieces = 0;
  /** Whether the other side sends no more. */
  hasEnded = false;
  isClosed = false;
  /** The error with which the connection closed. */
  error: Error | undefined = undefined;

  constructor(channel: Connection) {
    this.channel = channel;
    channel.attach({
      data: (chunk) => {
        this.text += Buffer.from(chunk).toString('latin1');
        this.pieces += 1;
      },
      end: () => {
        this.hasEnded = true;
      },
      drain: () => undefined,
      close: (error) => {
        this.isClosed = true;
        this.error = error;
      },
    });
  }

  send(bytes: string | Uint8Array): void {
    this.channel.write(bytes);
  }

  /** Waits a few turns of the event loop, and returns the text received since the last call. */
  async take(): Promise<string> {
    for (let turn = 0; turn < defaultTurns; turn++) await new Promise((resolve) => setImmediate(resolve));
    const { text } = this;
    this.text = '';
    return text;
  }
}

/** Connects to a function that serves connections, for example `server.serve`, without a port. */
export function connectInMemory(serve: (connection: Connection) => void): MemoryClient {
  const [near, far] = createMemoryPair();
  serve(far);
  return new MemoryClient(near);
}
