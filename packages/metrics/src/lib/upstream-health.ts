import type { UpstreamHealth } from './health-handler.ts';
import type { MetricsSnapshot } from './metrics-snapshot.ts';

/** The gauge of `@windhover/features`: 1 if an address of an upstream was reached the last time, 0 if not. */
export const upstreamUpMetric = 'windhover_upstream_up';

/**
 * The state of each upstream by the gauge `windhover_upstream_up` of every process. An address is up if all of them
 * reach it; an upstream is healthy if one of its addresses is up.
 */
export function upstreamHealth(snapshots: readonly MetricsSnapshot[]): readonly UpstreamHealth[] {
  const upstreams = new Map<string, Map<string, boolean>>();
  for (const { labels, value } of snapshots
    .flat()
    .flatMap(({ name, values }) => (name === upstreamUpMetric ? values : []))) {
    const name = String(labels['upstream']);
    const address = String(labels['address']);
    const addresses = upstreams.get(name) ?? new Map<string, boolean>();
    addresses.set(address, value === 1 && addresses.get(address) !== false);
    upstreams.set(name, addresses);
  }
  return [...upstreams].map(([name, addresses]) => ({
    name,
    healthy: [...addresses.values()].includes(true),
    addresses: [...addresses].map(([address, isUp]) => ({ address, up: isUp })),
  }));
}
