import { createManualClock } from '@windhover/testing';
import { describe, it } from 'vitest';
import { createMemoryStore } from './memory-store.ts';
import { rateLimitStoreRules } from './rate-limit-store-rules.ts';

describe('createMemoryStore()', () => {
  for (const rule of rateLimitStoreRules) {
    it(rule.name, () =>
      rule.run(async () => {
        const clock = createManualClock({ now: 1_000_000 });
        return { store: createMemoryStore({ clock }), pass: async (ms) => clock.advance(ms) };
      }),
    );
  }
});
