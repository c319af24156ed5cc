import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { DeadlineQueue } from './deadline-queue.ts';

describe('DeadlineQueue', () => {
  it('expires each in time with one timer, those that were deleted not at all', () => {
    const clock = createManualClock();
    const queue = new DeadlineQueue(100, clock);
    const expired: string[] = [];
    const add = (name: string) => {
      const deadline = { dueAt: 0, expire: () => void expired.push(`${name} at ${clock.now()}`) };
      queue.add(deadline);
      return deadline;
    };
    add('a');
    clock.advance(30);
    const b = add('b');
    add('c');
    clock.advance(30);
    add('d');
    expect(clock.pending).toBe(1);
    queue.delete(b);
    clock.advance(200);
    expect(expired).toEqual(['a at 100', 'c at 130', 'd at 160']);
    expect(clock.pending).toBe(0);
    add('e');
    clock.advance(100);
    expect(expired.at(-1)).toBe('e at 360');
  });

  it('takes one that is added while another expires', () => {
    const clock = createManualClock();
    const queue = new DeadlineQueue(100, clock);
    let expired = 0;
    const again = { dueAt: 0, expire: () => void (++expired < 3 && queue.add(again)) };
    queue.add(again);
    clock.advance(1000);
    expect([expired, clock.pending]).toEqual([3, 0]);
  });
});
