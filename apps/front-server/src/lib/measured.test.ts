import { DurationHistogram } from '@windhover/metrics';
import { describe, expect, it } from 'vitest';
import { measured } from './measured.ts';

const admin = { feature: { name: 'admin' }, path: ['admin'], instance: { layers: [] } } as never;

describe('measured()', () => {
  it('counts only while the configuration shows the numbers: nothing is added to a request otherwise', async () => {
    const instrument = { of: () => ({ add: () => undefined, observe: () => undefined }) };
    let counted = 0;
    const inFlight = { of: () => ({ add: (by = 1) => void (counted += by > 0 ? 1 : 0) }) };
    const registry = { counter: () => instrument, gauge: () => inFlight, histogram: () => instrument };
    const without = { sections: { metrics: null }, features: [] };
    const generations = { current: without as never, handler: () => undefined };
    const handler = measured(generations as never, registry as never, new DurationHistogram());
    const after = async (current: unknown): Promise<number> => {
      generations.current = current as never;
      await handler({ request: { method: 'GET' }, onSent: () => undefined } as never);
      return counted;
    };
    expect(await after(without)).toBe(0);
    expect(await after({ ...without, features: [admin] })).toBe(1);
    expect(await after({ ...without, sections: { metrics: {} } })).toBe(2);
    expect(await after(without)).toBe(2);
  });
});
