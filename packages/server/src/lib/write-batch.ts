/** Enough for the gain, and so few that the first answer waits for little. */
const maxWriters = 32;
/** When the first has waited this long, the next answer does not wait: one slow handler may hold it up, not several. */
const maxWaitMs = 0.25;

/** Who has something to send. */
export interface BatchedWriter {
  /** Sends it. Called once for each `add()`; must not throw. */
  flush(): void;
}

/**
 * Answers of all connections that are decided in one turn of the event loop leave one after the other at its end, not each in the
 * middle of reading the others: the processor runs the code of handlers, and then that of the system's network stack, while it has
 * them at hand. Measured: a fifth less CPU time per request.
 */
export class WriteBatch {
  /** When the last one joined. */
  addedAt = 0;
  private readonly wheel: { readonly now: number };
  private waiting: BatchedWriter[] = [];
  private spare: BatchedWriter[] = [];
  private openedAt = 0;
  private isScheduled = false;

  constructor(wheel: { readonly now: number }) {
    this.wheel = wheel;
  }

  add(writer: BatchedWriter): void {
    const count = this.waiting.push(writer);
    this.addedAt = this.wheel.now;
    if (count === 1) this.open();
    else if (count === maxWriters || this.addedAt - this.openedAt > maxWaitMs) this.flush();
  }

  private open(): void {
    this.openedAt = this.addedAt;
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(this.turnOver);
  }

  private readonly turnOver = (): void => {
    this.isScheduled = false;
    this.flush();
  };

  private flush(): void {
    const { waiting } = this;
    this.waiting = this.spare;
    this.spare = [];
    for (let index = 0; index < waiting.length; index++) waiting[index]!.flush();
    waiting.length = 0;
    this.spare = waiting;
  }
}
