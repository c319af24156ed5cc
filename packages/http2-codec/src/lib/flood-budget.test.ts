import { describe, expect, it } from 'vitest';
import { FloodBudget } from './flood-budget.ts';

describe('FloodBudget', () => {
  it('is spent, and filled by time and by work up to its size', () => {
    const budget = new FloodBudget(2, 10);
    budget.refill(0);
    expect([budget.spend(1), budget.spend(1), budget.spend(1)]).toEqual([true, true, false]);
    budget.refill(200); // from -1 to 1
    expect([budget.spend(1), budget.spend(1)]).toEqual([true, false]);
    budget.reward(100);
    expect([budget.spend(2), budget.spend(1)]).toEqual([true, false]);
  });

  it('takes nothing away when the clock goes back', () => {
    const budget = new FloodBudget(1, 1000);
    budget.refill(50);
    budget.refill(10);
    expect(budget.spend(1)).toBe(true);
  });
});
