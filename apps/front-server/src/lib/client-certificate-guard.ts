import { type Configuration, createHostMatcher, type PlacedFeature } from '@windhover/config';
import type { ClientIdentity, HttpRequest } from '@windhover/core';
import type { Feature, Reason } from '@windhover/core/feature';
import { type SiteCertificates, tlsOf } from '@windhover/features';
import { requireSameSite } from './require-same-site.ts';

/** The layer around all sites if one of them asks for client certificates; otherwise none. */
export function clientCertificateGuard(config: Pick<Configuration, 'sites' | 'defaultSite'>): readonly PlacedFeature[] {
  const { sites, defaultSite } = config;
  const asking = new Map<string, SiteCertificates>();
  for (const { name, features } of sites) {
    const asked = tlsOf(features)?.asked ?? null;
    if (asked !== null) asking.set(name, asked);
  }
  if (asking.size === 0) return [];
  const siteOf = createHostMatcher(sites.flatMap(({ name, hosts }) => hosts.map((host) => [host, name] as const)));
  const explain = (_request: HttpRequest, client: ClientIdentity): readonly Reason[] => {
    const asked = asking.get(siteOf(client.host) ?? defaultSite ?? '');
    return asked === undefined ? [] : [explainAsked(asked, client)];
  };
  const layers = [{ phase: 'shield' as const, run: requireSameSite(asking), explain }];
  return [{ feature: guard, path: ['sites'], instance: { layers } }];
}

function explainAsked({ options: { mode } }: SiteCertificates, { scheme }: ClientIdentity): Reason {
  const word = mode === 'request' ? 'asks its clients for' : 'requires';
  const because = `the site ${word} a client certificate`;
  if (scheme === 'https')
    return { decision: 'lets it pass over a connection for this site', because, unless: 'answers 421' };
  if (mode === 'request') return { decision: 'lets it pass without TLS', because };
  return {
    decision: 'answers 403',
    because: `${because}, and the request comes without TLS`,
    answers: true,
    status: 403,
  };
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
