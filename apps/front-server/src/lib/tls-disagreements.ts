import type { Configuration, ListenerConfig, OptionIssue } from '@windhover/config';
import { certificatesOf, tlsOf } from '@windhover/features';
import { automaticNames, listenerCertificates } from './listener-certificates.ts';

/** Listeners for HTTPS without any certificate, certificates of sites without a listener for HTTPS, and automatic ones that nobody can issue. */
export function tlsDisagreements(config: Configuration): readonly OptionIssue[] {
  const secure = config.listeners.filter(({ features }) => tlsOf(features) !== null);
  const automatic = automaticIssues(config);
  if (automatic.length > 0) return automatic;
  const unknown = secure.flatMap((listener): OptionIssue[] => {
    const chosen = tlsOf(listener.features)!.unknownNames;
    if (chosen === null || chosen === 'refuse') return [];
    const { serverNames = {} } = listenerCertificates(listener, config);
    if (serverNames[chosen] !== undefined) return [];
    const message = `expected \`refuse\`, or a host of a site with a certificate, found ${JSON.stringify(chosen)}`;
    return [{ path: [...tlsPath(listener.features), 'default'], message }];
  });
  if (unknown.length > 0) return unknown;
  const withoutAny = secure.flatMap((listener): OptionIssue[] => {
    const { certificate, serverNames = {}, otherNames } = listenerCertificates(listener, config);
    if (certificate !== null || Object.keys(serverNames).length > 0 || otherNames !== undefined) return [];
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

/** `tls: auto` needs to know where certificates come from, and for which names. */
function automaticIssues(config: Configuration): readonly OptionIssue[] {
  const service = certificatesOf(config.features);
  const places = [...config.sites, ...config.listeners].filter(({ features }) => tlsOf(features)?.isAuto === true);
  if (service === null) {
    const message =
      'expected the key `certificates` at the top, such as `certificates: { acme: { email: ops@example.com } }`, found none';
    return places.map(({ features }) => ({ path: tlsPath(features), message }));
  }
  if (service.isFolderOnly) {
    const toOrder = 'expected `acme` or `local` beside `folder` under `certificates`, found neither';
    const remedy = (isSite: boolean): string =>
      isSite ? 'leave `tls` away here, beside a listener with `tls: true`' : 'write `tls: true`';
    return places.map(({ features }) => ({
      path: tlsPath(features),
      message: `${toOrder}. The folder alone needs no \`auto\`: ${remedy(tlsPath(features)[0] === 'sites')}`,
    }));
  }
  const ofSites = config.sites.flatMap(({ features, hosts }): OptionIssue[] => {
    if (tlsOf(features)?.isAuto !== true) return [];
    const message = 'expected `hosts`, or `onDemand` under `certificates`, found neither';
    return hosts.length > 0 || service.isOnDemand ? [] : [{ path: tlsPath(features), message }];
  });
  if (ofSites.length > 0) return ofSites;
  const refused = automaticNames(config).flatMap((name) => {
    const reason = service.refusal(name);
    return reason === null ? [] : [`${name} (${reason})`];
  });
  if (refused.length === 0) return [];
  const message = `expected names that somebody issues certificates for, found ${refused.join(', ')}`;
  return places.slice(0, 1).map(({ features }) => ({ path: tlsPath(features), message }));
}

/** A site that asks for client certificates must be shown with a certificate of its own or of every listener. */
function sitesWithoutCertificate(
  secure: readonly ListenerConfig[],
  { sites }: Pick<Configuration, 'sites'>,
): readonly OptionIssue[] {
  if (secure.every(({ features }) => tlsOf(features)!.files !== null)) return [];
  return sites.flatMap(({ features }) => {
    const tls = tlsOf(features);
    if (tls === null || tls.files !== null || tls.isAuto) return [];
    const message = 'expected a `certificate` here, or one at each listener with `tls`, found neither';
    return [{ path: tlsPath(features), message }];
  });
}

function tlsPath(features: ListenerConfig['features']): OptionIssue['path'] {
  return features.find(({ feature }) => feature.name === 'tls')!.path as OptionIssue['path'];
}
