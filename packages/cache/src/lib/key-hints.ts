import { ownString } from '@windhover/core';

/** What was learnt about a key. */
export interface KeyHint {
  /** Until when its answers go to each client alone, because they could not be stored. */
  passUntilMs: number;
  /** One request tries again whether they can be stored now. */
  isProbing: boolean;
  /** Whether requests can share an answer. Not if it must be validated for each of them. */
  isShareable: boolean;
  /** The names of the last `Vary`. */
  vary: readonly string[];
  /** How often it was asked for, up to 255. */
  uses: number;
}

/** Enough for the URLs in use at a time; a forgotten one costs one more wait. */
const maxHints = 16_384;

/** Remembers hints for the keys that were asked for last. */
export class KeyHints {
  private current = new Map<string, KeyHint>();
  private older = new Map<string, KeyHint>();

  get(key: string): KeyHint | undefined {
    return this.current.get(key) ?? this.older.get(key);
  }

  of(key: string): KeyHint {
    const known = this.current.get(key);
    if (known !== undefined) return known;
    const own = ownString(key);
    const hint = this.older.get(key) ?? { passUntilMs: 0, isProbing: false, isShareable: true, vary: [], uses: 0 };
    if (this.current.size >= maxHints / 2) {
      this.older = this.current;
      this.current = new Map();
    }
    this.current.set(own, hint);
    return hint;
  }
}
