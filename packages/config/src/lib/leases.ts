/** A value that several configurations share, and its holders. */
interface Lease {
  readonly value: unknown;
  readonly close: () => void | Promise<void>;
  readonly holders: Set<object>;
}

/** Values that survive a reload. A value is closed when the last configuration that holds it releases it. */
export class Leases {
  private readonly leases = new Map<string, Lease>();

  /** Returns the value with that name and adds `holder` to its holders. Opens the value if nobody holds it yet. */
  hold<T>(holder: object, name: string, open: () => T, close?: (value: T) => void | Promise<void>): T {
    let lease = this.leases.get(name);
    if (lease === undefined) {
      const value = open();
      lease = { value, close: () => close?.(value), holders: new Set() };
      this.leases.set(name, lease);
    }
    lease.holders.add(holder);
    return lease.value as T;
  }

  /** Releases the holder's leases and closes the values that nobody else holds. A failure does not stop the rest; the failures are returned. */
  async release(holder: object): Promise<readonly unknown[]> {
    const failures: unknown[] = [];
    for (const [name, lease] of this.leases) {
      if (!lease.holders.delete(holder) || lease.holders.size > 0) continue;
      this.leases.delete(name);
      try {
        await lease.close();
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  }
}
