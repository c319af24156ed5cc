/** Flow control for what a peer sends: how much it may send, and how much of its window is to be given back. */
export class ReceiveWindow {
  /** What the peer may still send. */
  left: number;
  /** Taken, but not yet announced by WINDOW_UPDATE. */
  #credit = 0;
  readonly #size: number;

  constructor(left: number, size: number) {
    this.left = left;
    this.#size = size;
  }

  /** Gives bytes back; returns the increment to send now, or 0. It is worth a frame from half a window on. */
  give(bytes: number): number {
    this.#credit += bytes;
    if (this.#credit === 0 || this.#credit * 2 < this.#size) return 0;
    const increment = this.#credit;
    this.#credit = 0;
    this.left += increment;
    return increment;
  }
}
