import { isIP } from 'node:net';
import type { Configuration, ListenerConfig, OptionIssue } from '@windhover/config';
import { tlsOf } from '@windhover/features';
import type { CertificateFiles, ClientCertificates, TlsOptions } from '@windhover/transport';

type SiteCertificates = Pick<Configuration, 'sites' | 'defaultSite'>;

/**
 * The certificates of a listener: by the names of the sites, and the one for clients that ask for another name or for none. That is the
 * listener's own; otherwise that of the default site; otherwise that of the first site with an IP address as host, since clients ask for no
 * name there. `null`: those clients are refused. Client certificates are asked for as the site wants that they get to, whichever certificate
 * they are shown; a site that has none of its own shows that of the listener.
 */
export function listenerCertificates(
  listener: ListenerConfig,
  { sites, defaultSite }: SiteCertificates,
): Pick<TlsOptions, 'certificate' | 'serverNames'> {
  const serverNames: Record<string, CertificateFiles> = {};
  const own = tlsOf(listener.features)?.files ?? null;
  let ofAddress: Shown | null = null;
  let ofDefault: Shown | null = null;
  for (const site of sites) {
    const tls = tlsOf(site.features);
    if (tls === null) continue;
    const shown: Shown = { files: tls.files, asked: tls.asked?.options };
    if (site.name === defaultSite) ofDefault = shown;
    const named = withAsked(tls.files ?? own, shown);
    for (const host of site.hosts) {
      if (isAddress(host)) ofAddress ??= shown;
      else if (named !== null) serverNames[host] = named;
    }
  }
  const unnamed = ofDefault ?? ofAddress;
  return { certificate: withAsked(own ?? ofDefault?.files ?? ofAddress?.files ?? null, unnamed), serverNames };
}

interface Shown {
  readonly files: CertificateFiles | null;
  readonly asked: ClientCertificates | undefined;
}

function withAsked(files: CertificateFiles | null, shown: Shown | null): CertificateFiles | null {
  if (files === null || shown?.asked === undefined) return files;
  return { ...files, clientCertificates: shown.asked };
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
  if (secure.length > 0) return [...withoutAny, ...sitesWithoutCertificate(secure, config)];
  return config.sites.flatMap(({ features }) => {
    const message =
      'expected a listener with `tls: true` for this certificate (`listen: [{ port: 443, tls: true }]`), found none';
    return tlsOf(features) === null ? [] : [{ path: tlsPath(features), message }];
  });
}

/** A site that asks for client certificates must be shown with a certificate of its own or of every listener. */
function sitesWithoutCertificate(
  secure: readonly ListenerConfig[],
  { sites }: Pick<Configuration, 'sites'>,
): readonly OptionIssue[] {
  if (secure.every(({ features }) => tlsOf(features)!.files !== null)) return [];
  return sites.flatMap(({ features }) => {
    const tls = tlsOf(features);
    if (tls === null || tls.files !== null) return [];
    const message = 'expected a `certificate` here, or one at each listener with `tls`, found neither';
    return [{ path: tlsPath(features), message }];
  });
}

function tlsPath(features: ListenerConfig['features']): OptionIssue['path'] {
  return features.find(({ feature }) => feature.name === 'tls')!.path as OptionIssue['path'];
}

function isAddress(host: string): boolean {
  return isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
