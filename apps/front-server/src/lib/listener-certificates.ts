import { isIP } from 'node:net';
import type { Configuration, ListenerConfig, OptionIssue } from '@windhover/config';
import { tlsOf } from '@windhover/features';
import type { CertificateFiles, TlsOptions } from '@windhover/transport';

type SiteCertificates = Pick<Configuration, 'sites' | 'defaultSite'>;

/**
 * The certificates of a listener: by the names of the sites, and the one for clients that ask for another name or for none. That is the
 * listener's own; otherwise that of the default site; otherwise that of the first site with an IP address as host, since clients ask for no
 * name there. `null`: those clients are refused.
 */
export function listenerCertificates(
  listener: ListenerConfig,
  { sites, defaultSite }: SiteCertificates,
): Pick<TlsOptions, 'certificate' | 'serverNames'> {
  const serverNames: Record<string, CertificateFiles> = {};
  let ofAddress: CertificateFiles | null = null;
  let ofDefault: CertificateFiles | null = null;
  for (const site of sites) {
    const files = tlsOf(site.features)?.files ?? null;
    if (files === null) continue;
    if (site.name === defaultSite) ofDefault = files;
    for (const host of site.hosts) {
      if (isAddress(host)) ofAddress ??= files;
      else serverNames[host] = files;
    }
  }
  return { certificate: tlsOf(listener.features)?.files ?? ofDefault ?? ofAddress, serverNames };
}

/** Listeners for HTTPS without any certificate, and certificates of sites without a listener for HTTPS. */
export function tlsDisagreements(config: Configuration): readonly OptionIssue[] {
  const secure = config.listeners.filter(({ features }) => tlsOf(features) !== null);
  const withoutAny = secure.flatMap((listener): OptionIssue[] => {
    const { certificate, serverNames = {} } = listenerCertificates(listener, config);
    if (certificate !== null || Object.keys(serverNames).length > 0) return [];
    const message = 'expected a site with `tls: { certificate: …, key: … }`, or a `certificate` here, found neither';
    return [{ path: tlsPath(listener.features), message }];
  });
  if (secure.length > 0) return withoutAny;
  return config.sites.flatMap(({ features }) => {
    const message =
      'expected a listener with `tls: true` for this certificate (`listen: [{ port: 443, tls: true }]`), found none';
    return tlsOf(features) === null ? [] : [{ path: tlsPath(features), message }];
  });
}

function tlsPath(features: ListenerConfig['features']): OptionIssue['path'] {
  return features.find(({ feature }) => feature.name === 'tls')!.path as OptionIssue['path'];
}

function isAddress(host: string): boolean {
  return isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
