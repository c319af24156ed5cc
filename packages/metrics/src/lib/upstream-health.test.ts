import { expect, it } from 'vitest';
import type { MetricsSnapshot } from './metrics-snapshot.ts';
import { upstreamHealth } from './upstream-health.ts';

const snapshot = (...up: readonly (readonly [upstream: string, address: string, value: number])[]): MetricsSnapshot => [
  { name: 'other', help: '', type: 'gauge', aggregator: 'sum', values: [{ labels: {}, value: 5 }] },
  {
    name: 'windhover_upstream_up',
    help: '',
    type: 'gauge',
    aggregator: 'min',
    values: up.map(([upstream, address, value]) => ({ labels: { upstream, address }, value })),
  },
];

it('an address is up if every process reaches it, and an upstream is healthy with one address', () => {
  const one = snapshot(['shop', 'http://a', 1], ['shop', 'http://b', 1], ['mail', 'http://c', 1]);
  const two = snapshot(['shop', 'http://a', 1], ['shop', 'http://b', 0], ['mail', 'http://c', 0]);
  expect(upstreamHealth([one, two])).toEqual([
    {
      name: 'shop',
      healthy: true,
      addresses: [
        { address: 'http://a', up: true },
        { address: 'http://b', up: false },
      ],
    },
    { name: 'mail', healthy: false, addresses: [{ address: 'http://c', up: false }] },
  ]);
  expect(upstreamHealth([])).toEqual([]);
});
