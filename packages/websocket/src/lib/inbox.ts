import { MessageQueue } from './message-queue.ts';
import type { WebSocketData } from './websocket-connection.ts';

/** Passes messages on: to a listener at once, or to a loop at its own pace. Until either is there they wait. */
export class Inbox {
  private queue: MessageQueue | null = null;
  private hasListener = false;
  private isLooped = false;
  private readonly tell: (data: WebSocketData) => void;
  private readonly changed: () => void;

  /**
   * @param tell calls the listeners
   * @param changed is called when `isFull` may have changed
   */
  constructor(tell: (data: WebSocketData) => void, changed: () => void) {
    this.tell = tell;
    this.changed = changed;
  }

  /** Whether so much waits that the connection should not be read any further. */
  get isFull(): boolean {
    return this.queue?.isFull === true;
  }

  receive(data: WebSocketData): void {
    if (this.hasListener) {
      this.tell(data);
      return;
    }
    this.queue ??= new MessageQueue();
    this.queue.push(data);
    this.changed();
  }

  /** There is a listener now: it gets what waits, before anything newer. */
  listenerAdded(): void {
    if (this.hasListener || this.isLooped) return;
    if (this.queue === null) {
      this.hasListener = true;
      return;
    }
    queueMicrotask(() => {
      const { queue } = this;
      if (queue === null || this.isLooped) return;
      for (let data = queue.shift(); data !== undefined; data = queue.shift()) this.tell(data);
      this.queue = null;
      this.hasListener = true;
      this.changed();
    });
  }

  /** Returns a source for a loop. */
  loop(): () => Promise<IteratorResult<WebSocketData, undefined>> {
    this.isLooped = true;
    this.hasListener = false;
    this.queue ??= new MessageQueue();
    const { queue } = this;
    return () => {
      const next = queue.next();
      this.changed();
      return next;
    };
  }

  /** No more messages come. */
  end(): void {
    this.queue?.end();
  }
}
