import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { NameLookup } from './name-lookup.ts';

describe('NameLookup', () => {
  it('has no more look-ups open than allowed, also when none is ever answered', async () => {
    const clock = createManualClock();
    const open: ((names: readonly string[]) => void)[] = [];
    const resolver = {
      reverse: () => new Promise<readonly string[]>((resolve) => void open.push(resolve)),
      addresses: async () => ['192.0.2.100'],
    };
    const names = new NameLookup(() => true, { resolver, maxPending: 3, timeoutMs: 100 }, clock);
    const ask = (last: number) => names.find(`192.0.2.${last}`);
    for (let round = 0; round < 5; round++) {
      const asked = Array.from({ length: 10 }, (_, index) => ask(round * 10 + index));
      clock.advance(100);
      expect(await Promise.all(asked)).toEqual(asked.map(() => null)); // in time, although nothing has come
    }
    expect(open).toHaveLength(3);
    open[0]!([]);
    await new Promise((resolve) => setImmediate(resolve));
    const next = ask(100);
    expect(open).toHaveLength(4); // the late answer has made room
    open[3]!(['host.example']);
    expect(await next).toBe('host.example');
  });
});
