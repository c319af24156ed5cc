import type { Configuration, OptionIssue } from '@windhover/config';
import { redirectsToHttps, tlsOf } from '@windhover/features';

const message =
  'no listener here speaks TLS (`listen: [80, { port: 443, tls: true }]`), and no trusted proxy may say that it does (`trustedProxies`): every request is sent to an address that nobody serves';

/** Redirects to HTTPS of a server that has no HTTPS, and that trusts no proxy which may have it. */
export function redirectWarnings({ listeners, features, sites }: Configuration): readonly OptionIssue[] {
  const hasTls = listeners.some((listener) => tlsOf(listener.features) !== null);
  const hasProxies = [features, ...sites.map((site) => site.features)]
    .flat()
    .some(({ feature, instance }) => feature.name === 'trustedProxies' && instance !== null);
  if (hasTls || hasProxies) return [];
  return [features, ...sites.map((site) => site.features)]
    .flat()
    .filter(redirectsToHttps)
    .map(({ path }) => ({ path: path as OptionIssue['path'], message }));
}
