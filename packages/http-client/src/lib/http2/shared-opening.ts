/** A connection that is being opened, and the calls that wait for it. It is given up when the last of them has left. */
export class SharedOpening<Opened> {
  private readonly controller = new AbortController();
  private readonly opened: Promise<Opened>;
  private waiting = 0;

  /** @param open must settle soon after its signal is aborted */
  constructor(open: (signal: AbortSignal) => Promise<Opened>) {
    this.opened = open(this.controller.signal);
    this.opened.catch(() => undefined); // every call that waits hears of it
  }

  /** Whether it was given up: a new call needs another one. */
  get isGivenUp(): boolean {
    return this.controller.signal.aborted;
  }

  /** Waits for the connection. Rejects at once, with the reason of `signal`, when that is aborted; the others wait on. */
  async wait(signal: AbortSignal): Promise<Opened> {
    this.waiting += 1;
    let leave: (() => void) | undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason);
      signal.addEventListener('abort', leave);
    });
    try {
      return await Promise.race([this.opened, left]);
    } finally {
      signal.removeEventListener('abort', leave!);
      this.waiting -= 1;
      if (this.waiting === 0 && signal.aborted) this.controller.abort(signal.reason);
    }
  }
}
