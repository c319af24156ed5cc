/**
 * What a peer may spend on frames that cost more than they bring. Time and useful work fill it again: a client that
 * pings with its calls, or cancels half of its requests, never empties it.
 */
export class FloodBudget {
  readonly #most: number;
  readonly #perMs: number;
  #left: number;
  #filledAt = -1;

  constructor(most: number, perSecond: number) {
    this.#most = most;
    this.#perMs = perSecond / 1000;
    this.#left = most;
  }

  /** Gives back what time gives; `now` in milliseconds. */
  refill(now: number): void {
    const elapsed = this.#filledAt < 0 ? 0 : now - this.#filledAt;
    this.#filledAt = now;
    if (this.#left < this.#most && elapsed > 0) this.reward(elapsed * this.#perMs);
  }

  reward(amount: number): void {
    this.#left = Math.min(this.#most, this.#left + amount);
  }

  /** Returns whether there was that much left. */
  spend(amount: number): boolean {
    this.#left -= amount;
    return this.#left >= 0;
  }
}
