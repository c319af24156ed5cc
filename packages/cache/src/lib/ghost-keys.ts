/**
 * Remembers which keys were removed a short time ago, as fingerprints in a table of fixed size. It may forget a key early, and rarely takes one key for
 * another.
 */
export class GhostKeys {
  private readonly slots: Uint32Array;

  /** @param size how many keys; a power of two */
  constructor(size: number) {
    this.slots = new Uint32Array(size);
  }

  add(key: string): void {
    const hash = hashOf(key);
    this.slots[hash & (this.slots.length - 1)] = hash | 1;
  }

  /** Whether the key was added; forgets it. */
  take(key: string): boolean {
    const hash = hashOf(key);
    const index = hash & (this.slots.length - 1);
    if (this.slots[index] !== (hash | 1) >>> 0) return false;
    this.slots[index] = 0;
    return true;
  }
}

/** FNV-1a, with the bits of its result mixed. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
