import type { Configuration, SiteConfig } from './configuration.ts';
import { createHostMatcher } from './match-host.ts';

/** The site that answers a host. */
export interface SiteChoice {
  /** `null`: none, so the answer is 421. */
  readonly site: SiteConfig | null;
  readonly because: string;
}

/** Says which site answers a host, and why. */
export function explainSite({ sites, defaultSite }: Configuration, host: string): SiteChoice {
  const match = createHostMatcher(sites.flatMap((site) => site.hosts.map((name) => [name, { site, name }] as const)));
  const found = match(host);
  const shown = host === '' ? 'the request names no host' : `no site names the host ${host}`;
  if (found !== undefined) {
    const isExact = found.name === host;
    return {
      site: found.site,
      because: isExact ? `it names the host ${host}` : `${found.name} covers the host ${host}`,
    };
  }
  const fallback = sites.find(({ name }) => name === defaultSite) ?? null;
  if (fallback === null) return { site: null, because: `${shown}, and there is no \`defaultSite\`` };
  const isAlone = sites.length === 1 && fallback.hosts.length === 0;
  return { site: fallback, because: isAlone ? 'it is the only site' : `${shown}, and it is the \`defaultSite\`` };
}
