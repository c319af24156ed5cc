import { canonicalHost } from '@windhover/core';

/** Which Host an upstream sees: the client's, its own, or a fixed `host[:port]`. */
export type UpstreamHost = 'client' | 'upstream' | (string & {});

/**
 * Whether a text may stand for the Host of upstreams. A fixed one has a dot or a port, or is `localhost`, so that a
 * misspelt `upstream` is not taken for a host.
 */
export function isUpstreamHost(text: string): boolean {
  if (text === 'client' || text === 'upstream' || text === 'localhost') return true;
  return /[.:]/.test(text) && isHost(text);
}

/** The fixed host; `null` if it depends on the request or the upstream. */
export function fixedHost(host: UpstreamHost): string | null {
  return host === 'client' || host === 'upstream' ? null : host;
}

function isHost(text: string): boolean {
  try {
    return canonicalHost(text).host !== '';
  } catch {
    return false; // CORE_HOST_INVALID
  }
}
