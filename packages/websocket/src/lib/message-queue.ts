import type { WebSocketData } from './websocket-connection.ts';

/** From this many bytes on, the connection is not read any further. */
const maxQueuedBytes = 64 * 1024;

/** Each message counts for some bytes more, so that many empty ones fill the queue too. */
const perMessageBytes = 64;

/** Messages that have come before anybody took them: while no listener is there yet, or while a loop is busy with another one. */
export class MessageQueue {
  private readonly waiting: WebSocketData[] = [];
  private bytes = 0;
  private taker: ((result: IteratorResult<WebSocketData, undefined>) => void) | null = null;
  private isEnded = false;

  get isFull(): boolean {
    return this.bytes >= maxQueuedBytes;
  }

  /** Adds a message, or gives it to a loop that waits. */
  push(data: WebSocketData): void {
    const { taker } = this;
    if (taker !== null) {
      this.taker = null;
      taker({ done: false, value: data });
      return;
    }
    this.waiting.push(data);
    this.bytes += sizeOf(data);
  }

  /** Removes the oldest message; `undefined` if there is none. */
  shift(): WebSocketData | undefined {
    const data = this.waiting.shift();
    if (data !== undefined) this.bytes -= sizeOf(data);
    return data;
  }

  /** Returns the next message, when it comes. */
  next(): Promise<IteratorResult<WebSocketData, undefined>> {
    const data = this.shift();
    if (data !== undefined) return Promise.resolve({ done: false, value: data });
    if (this.isEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => (this.taker = resolve));
  }

  /** No more messages come. Those that wait can still be taken. */
  end(): void {
    this.isEnded = true;
    this.taker?.({ done: true, value: undefined });
    this.taker = null;
  }
}

function sizeOf(data: WebSocketData): number {
  return perMessageBytes + (typeof data === 'string' ? data.length : data.byteLength);
}
