import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { leaseStoreRules } from './lease-store-rules.ts';
import { createMemoryLeases } from './memory-leases.ts';

describe('createMemoryLeases()', () => {
  for (const rule of leaseStoreRules)
    it(rule.name, () =>
      rule.run(async () => {
        const clock = createManualClock();
        return { store: createMemoryLeases({ clock }), pass: async (ms) => clock.advance(ms) };
      }),
    );

  it('refuses an option that does not exist', () => {
    expect(() => createMemoryLeases({ ttl: 1 } as never)).toThrow(
      expect.objectContaining({ code: 'LEASE_OPTION_INVALID' }),
    );
  });
});
