import { type Clock, systemClock } from '@windhover/core';
import { checkOptions, type Rules, withFunctions } from '@windhover/options';
import { leaseError } from './errors.ts';
import type { Lease, LeaseStore } from './lease-store.ts';

/** Options of `createMemoryLeases`. */
export interface MemoryLeasesOptions {
  /** The time. Default: the system's. */
  readonly clock?: Pick<Clock, 'now'>;
}

const rules: Rules<MemoryLeasesOptions> = { clock: withFunctions(['now']) };

interface Held extends Lease {
  readonly endsAtMs: number;
}

/** Creates a store of leases for the parts of one process. Throws `LEASE_OPTION_INVALID`. */
export function createMemoryLeases(options: MemoryLeasesOptions = {}): LeaseStore {
  checkOptions(options, rules, (fault) => leaseError('LEASE_OPTION_INVALID', fault));
  const { clock = systemClock } = options;
  const held = new Map<string, Held>();
  let lastToken = 0;
  const current = (name: string): Held | null => {
    const found = held.get(name);
    if (found === undefined) return null;
    if (found.endsAtMs > clock.now()) return found;
    held.delete(name);
    return null;
  };
  return {
    async acquire(name, owner, ttlMs) {
      if (current(name) !== null) return null;
      lastToken += 1;
      held.set(name, { token: lastToken, owner, endsAtMs: clock.now() + ttlMs });
      return { token: lastToken, owner };
    },
    async renew(name, { token }, ttlMs) {
      const found = current(name);
      if (found?.token !== token) return false;
      held.set(name, { ...found, endsAtMs: clock.now() + ttlMs });
      return true;
    },
    async release(name, { token }) {
      if (current(name)?.token === token) held.delete(name);
    },
    async holder(name) {
      const found = current(name);
      return found === null ? null : { token: found.token, owner: found.owner };
    },
  };
}
