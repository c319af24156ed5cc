/** Flow control for what a peer sends: how much it may send, and how much of its window is to be given back. */
export class ReceiveWindow {
  /** What the peer may still send. */
  left: number;
  /** Taken, but not yet announced by WINDOW_UPDATE. */
  #credit = 0;
  #size: number;
  readonly #isShared: boolean;

  /** `isShared`: it is the one of the connection, which many streams use. */
  constructor(left: number, size: number, isShared = false) {
    this.left = left;
    this.#size = size;
    this.#isShared = isShared;
  }

  /** The peer has acknowledged another size. */
  resize(change: number): void {
    this.left += change;
    this.#size += change;
  }

  /**
   * Gives bytes back; returns the increment to send now, or 0. It is worth a frame from half a window on. A shared one is
   * also given back when the peer has no more left than that: what slow streams hold must not stop the others.
   */
  give(bytes: number): number {
    this.#credit += bytes;
    const isWorthIt = this.#credit * 2 >= this.#size || (this.#isShared && this.#credit >= this.left);
    if (this.#credit === 0 || !isWorthIt) return 0;
    const increment = this.#credit;
    this.#credit = 0;
    this.left += increment;
    return increment;
  }
}
