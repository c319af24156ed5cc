import { canonicalHost } from '@windhover/core';

/** Converts a host of the configuration to the form of `request.host`; `null` if it cannot be a host. */
export function canonicalSiteHost(host: string): string | null {
  const isWildcard = host.startsWith('*.');
  try {
    const name = canonicalHost(isWildcard ? host.slice(2) : host);
    if (name.host === '' || name.port !== null || name.host.includes('*')) return null; // RFC 3986 allows `*` as a character
    return isWildcard ? `*.${name.host}` : name.host;
  } catch {
    return null; // CORE_HOST_INVALID, the only error it throws
  }
}
