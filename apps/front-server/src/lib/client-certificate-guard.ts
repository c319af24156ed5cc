import type { Configuration, PlacedFeature } from '@windhover/config';
import type { Feature } from '@windhover/core/feature';
import { type SiteCertificates, tlsOf } from '@windhover/features';
import { requireSameSite } from './require-same-site.ts';

/** The layer around all sites if one of them asks for client certificates; otherwise none. */
export function clientCertificateGuard({ sites }: Pick<Configuration, 'sites'>): readonly PlacedFeature[] {
  const asking = new Map<string, SiteCertificates>();
  for (const { name, features } of sites) {
    const asked = tlsOf(features)?.asked ?? null;
    if (asked !== null) asking.set(name, asked);
  }
  if (asking.size === 0) return [];
  const layers = [{ phase: 'shield' as const, run: requireSameSite(asking) }];
  return [{ feature: guard, path: ['sites'], instance: { layers } }];
}

/** No configuration can name it. */
const guard: Feature<unknown> = {
  name: 'clientCertificates',
  levels: ['top'],
  phases: ['shield'],
  combine: 'add',
  schema: { '~standard': { version: 1, vendor: 'windhover', validate: (value) => ({ value }) } },
  create: () => ({ layers: [] }),
};
