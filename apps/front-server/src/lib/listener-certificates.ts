import { isIP } from 'node:net';
import type { Configuration, ListenerConfig } from '@windhover/config';
import { type CertificateService, certificatesOf, tlsOf } from '@windhover/features';
import type { CertificateFiles, CertificateFinder, ClientCertificates, TlsOptions } from '@windhover/transport';

type SiteCertificates = Pick<Configuration, 'sites' | 'defaultSite' | 'features'>;

/** A certificate in files, or one that this server gets by itself. */
type Source = CertificateFiles | CertificateFinder;

/**
 * The certificates of a listener: by the names of the sites, and the one for clients that ask for another name or for none. That is the
 * listener's own; otherwise that of the default site; otherwise that of the first site with an IP address as host, since clients ask for no
 * name there; or what `default` of the listener says. `null`: those clients are refused. Client certificates are asked for as the site wants that they get to, whichever certificate
 * they are shown; a site that has none of its own shows that of the listener.
 */
export function listenerCertificates(
  listener: ListenerConfig,
  { sites, defaultSite, features }: SiteCertificates,
): Pick<TlsOptions, 'certificate' | 'serverNames' | 'otherNames' | 'challenges'> {
  const service = certificatesOf(features);
  const serverNames: Record<string, Source> = {};
  const ofListener = tlsOf(listener.features);
  const own = ofListener?.files ?? null;
  let ofAddress: Shown | null = null;
  let ofDefault: Shown | null = null;
  for (const site of sites) {
    const tls = tlsOf(site.features);
    const isAuto = tls === null ? ofListener?.isAuto === true : tls.isAuto;
    if (tls === null && !isAuto) continue;
    const sourceOf = (name: string): Source | null =>
      isAuto && service !== null ? finderOf(service, name) : (tls?.files ?? null);
    const asked = tls?.asked?.options;
    if (site.name === defaultSite) ofDefault = { source: sourceOf(site.hosts[0] ?? ''), asked };
    for (const host of site.hosts) {
      const named = withAsked(sourceOf(host) ?? own, asked);
      if (isAddress(host)) ofAddress ??= { source: sourceOf(host), asked };
      else if (named !== null) serverNames[host] = named;
    }
  }
  const unnamed = ofDefault ?? ofAddress;
  const others = service?.hasOthers === true ? { otherNames: { find: service.findOther.bind(service) } } : {};
  const challenges = service === null ? {} : { challenges: { find: service.findChallenge.bind(service) } };
  const chosen = ofListener?.unknownNames ?? null;
  if (chosen !== null) return { certificate: serverNames[chosen] ?? null, serverNames, ...others, ...challenges };
  const shown = own ?? ofDefault?.source ?? ofAddress?.source ?? null;
  return { certificate: withAsked(shown, unnamed?.asked), serverNames, ...others, ...challenges };
}

/** The names for which certificates are kept: those of all sites whose certificates are automatic at some listener. */
export function automaticNames({ sites, listeners }: Pick<Configuration, 'sites' | 'listeners'>): readonly string[] {
  const isUsual = listeners.some(({ features }) => tlsOf(features)?.isAuto === true);
  return sites.flatMap(({ features, hosts }) => ((tlsOf(features)?.isAuto ?? isUsual) ? hosts.map(plain) : []));
}

interface Shown {
  readonly source: Source | null;
  readonly asked: ClientCertificates | undefined;
}

/** Clients that ask for no name get the certificate of `host`. */
function finderOf(service: CertificateService, host: string): CertificateFinder {
  return { find: (name) => service.find(name === '' ? plain(host) : name) };
}

function withAsked(source: Source | null, asked: ClientCertificates | undefined): Source | null {
  return source === null || asked === undefined ? source : { ...source, clientCertificates: asked };
}

/** An address of version 6 without its brackets. */
function plain(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

function isAddress(host: string): boolean {
  return isIP(plain(host)) !== 0;
}
