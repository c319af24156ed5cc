import { openLentBody, pushBodyRules } from '@windhover/testing';
import { describe, it } from 'vitest';
import { withoutNominated } from './without-nominated.ts';

describe('withoutNominated()', () => {
  for (const rule of pushBodyRules) {
    it(rule.name, () =>
      rule.run((plan) => {
        const { body, isReleased } = openLentBody(plan);
        return { body: withoutNominated(body, new Set(['x-hop'])), isReleased };
      }),
    );
  }
});
