/** State that several configurations share, counted by its holders. */
interface Lease {
  readonly value: unknown;
  readonly close: () => void | Promise<void>;
  readonly holders: Set<object>;
}

/** Values that outlive a reload. Each is closed when the last configuration that holds it lets go. */
export class Leases {
  private readonly leases = new Map<string, Lease>();

  /** The value of that name, which `holder` holds from now on. Made if nobody holds it yet. */
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

  /** Closes what nobody else holds. All get their turn; the failures are given back. */
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
