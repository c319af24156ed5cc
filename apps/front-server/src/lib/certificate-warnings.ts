import { isIP } from 'node:net';
import type { Configuration, ListenerConfig, OptionIssue } from '@windhover/config';
import { ftpOf, tlsOf } from '@windhover/features';
import { type CertificateFiles, checkedWarnings } from '@windhover/transport';

/** Certificates in files that clients will refuse: expired, not valid yet, or not for a host of their site. The server logs the same when it starts. */
export function certificateWarnings({ listeners, sites, features }: Configuration): readonly OptionIssue[] {
  const borrowing = sites.filter((site) => {
    const tls = tlsOf(site.features);
    return tls !== null && tls.files === null && !tls.isAuto;
  });
  const ofListeners = listeners.flatMap((listener) => warningsAt(listener.features, hostsOf(borrowing)));
  const ofSites = sites.flatMap((site) => warningsAt(site.features, hostsOf([site])));
  const ofFtp = ftpOf(features).flatMap(({ certificate }, index) =>
    certificate === null ? [] : toIssues(certificate, [], ['ftp', index, 'certificate']),
  );
  return [...ofListeners, ...ofSites, ...ofFtp];
}

function warningsAt(features: ListenerConfig['features'], hosts: readonly string[]): readonly OptionIssue[] {
  const files = tlsOf(features)?.files ?? null;
  if (files === null) return [];
  const { path } = features.find(({ feature }) => feature.name === 'tls')!;
  return toIssues(files, hosts, [...(path as OptionIssue['path']), 'certificate']);
}

function toIssues(
  files: CertificateFiles,
  hosts: readonly string[],
  path: OptionIssue['path'],
): readonly OptionIssue[] {
  return checkedWarnings(files, hosts).map(({ message }) => ({ path, message }));
}

/** Clients ask for no name at an address. */
function hostsOf(sites: Configuration['sites']): readonly string[] {
  return sites.flatMap(({ hosts }) => hosts.filter((host) => isIP(host.replace(/^\[(.*)\]$/, '$1')) === 0));
}
