import type { Connection } from '@windhover/core';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { connectionRate } from './connection-rate.ts';

/** Opens connections from these addresses, and says which were let in. */
function open(layer: ReturnType<typeof connectionRate>, addresses: readonly string[]): boolean[] {
  return addresses.map((remoteAddress) => {
    let fate: boolean | null = null;
    const connection = { info: { remoteAddress }, reset: () => void (fate = false) } as unknown as Connection;
    void layer(connection, () => void (fate = true));
    return fate!;
  });
}

describe('connectionRate()', () => {
  it('resets connections above the rate, counted by address or by /64', () => {
    const clock = createManualClock({ now: 1_000 });
    const refused: string[] = [];
    const layer = connectionRate({
      connections: 1,
      clock,
      onRefused: ({ info }) => void refused.push(info.remoteAddress),
    });
    const addresses = ['192.0.2.1', '192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2', '', ''];
    expect(open(layer, addresses)).toEqual([true, false, true, true, false, true, true]);
    expect(refused).toEqual(['192.0.2.1', '2001:db8::2']);
    clock.advance(1000);
    expect(open(layer, ['192.0.2.1'])).toEqual([true]);
  });

  it('counts all together, if asked', () => {
    const layer = connectionRate({ connections: 2, by: 'all', clock: createManualClock({ now: 1_000 }) });
    expect(open(layer, ['192.0.2.1', '192.0.2.2', '192.0.2.3'])).toEqual([true, true, false]);
  });

  it('refuses options that cannot work', () => {
    expect(() => connectionRate({} as never)).toThrow(
      'connectionRate(): connections: expected a whole number, 1 or more',
    );
    expect(() => connectionRate({ connections: 1, by: 'user' } as never)).toThrow("by: expected 'client' or 'all'");
  });
});
