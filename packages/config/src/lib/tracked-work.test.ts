import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { TrackedWork } from './tracked-work.ts';

describe('TrackedWork', () => {
  it('waits for work that is added while it waits, whether it succeeds or fails', async () => {
    const work = new TrackedWork();
    let finish = (): void => undefined;
    const second = new Promise<void>((resolve) => {
      finish = resolve;
    });
    work.add(
      Promise.reject(new Error('no')).finally(() => work.add(second, 'second')),
      'first',
    );
    const settled = work.settle(1000, createManualClock());
    finish();
    expect(await settled).toEqual([]);
  });

  it('names at the deadline what never ends', async () => {
    const clock = createManualClock();
    const work = new TrackedWork();
    work.add(new Promise(() => undefined), 'refresh of /a');
    const settled = work.settle(1000, clock);
    clock.advance(1000);
    expect(await settled).toEqual(['refresh of /a']);
  });
});
