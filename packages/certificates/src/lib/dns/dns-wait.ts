import type { Clock } from '@windhover/core';
import type { DnsProvider } from './dns-provider.ts';

/** Makes a provider wait after it has set a record, for one whose name servers take a while. */
export function withDnsWait(provider: DnsProvider, waitMs: number, clock: Clock): DnsProvider {
  if (waitMs === 0) return provider;
  return {
    async set(record, value) {
      await provider.set(record, value);
      await new Promise<void>((resolve) => void clock.schedule(waitMs, resolve));
    },
    remove: (record, value) => provider.remove(record, value),
  };
}
