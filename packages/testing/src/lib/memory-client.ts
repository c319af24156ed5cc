import type { Connection } from '@windhover/core';
import { createMemoryPair } from '@windhover/transport';

/** Turns of the event loop that are enough for whatever does not wait for a clock. */
const defaultTurns = 12;

/** The far end of a memory connection, spoken to in text: bytes as latin1. */
export class MemoryClient {
  /** Our end, for `pause()`, `end()`, `destroy()` and `reset()`. */
  readonly channel: Connection;
  /** What came since the last `take()`. */
  text = '';
  /** Calls of `data`: how many pieces it came in. */
  pieces = 0;
  /** The other side will send no more. */
  hasEnded = false;
  isClosed = false;
  /** What the connection was closed with. */
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

  /** Gives everybody a few turns of the event loop, and takes what came. */
  async take(): Promise<string> {
    for (let turn = 0; turn < defaultTurns; turn++) await new Promise((resolve) => setImmediate(resolve));
    const { text } = this;
    this.text = '';
    return text;
  }
}

/** Connects to whatever serves connections, `server.serve` for instance, without a port: bytes in, bytes out. */
export function connectInMemory(serve: (connection: Connection) => void): MemoryClient {
  const [near, far] = createMemoryPair();
  serve(far);
  return new MemoryClient(near);
}
