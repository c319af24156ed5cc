import { canonicalHost } from '@windhover/core';

/** A host of the configuration as `request.host` has it; `null` for what can be no host. */
export function canonicalSiteHost(host: string): string | null {
  const isWildcard = host.startsWith('*.');
  try {
    const name = canonicalHost(isWildcard ? host.slice(2) : host);
    if (name.host === '' || name.port !== null || name.host.includes('*')) return null; // `*` is a letter to RFC 3986
    return isWildcard ? `*.${name.host}` : name.host;
  } catch {
    return null; // CORE_HOST_INVALID: the one thing it throws
  }
}
