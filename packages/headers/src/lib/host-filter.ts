import type { HttpContext, Middleware } from '@windhover/core';
import { headersError } from './errors.ts';

/**
 * Answers requests for other hosts with `HEADERS_HOST_REFUSED` (400), so that a forged `Host` reaches no application that
 * builds links from it. `*.example.com` is every name below. It looks at the host that the user has asked for, also where
 * a trusted proxy has changed it. Throws `HEADERS_OPTION_INVALID` when it is created.
 */
export function hostFilter(hosts: readonly string[]): Middleware<HttpContext> {
  const allows = hostMatcher(hosts);
  return function hostFilter(context, next) {
    const { host } = context.client;
    if (allows(host)) return next(context);
    throw headersError(
      'HEADERS_HOST_REFUSED',
      host === '' ? 'the request names none' : JSON.stringify(host.slice(0, 100)),
    );
  };
}

/** Whether a host is one of them. Throws `HEADERS_OPTION_INVALID`. */
export function hostMatcher(hosts: readonly string[]): (host: string) => boolean {
  if (!Array.isArray(hosts) || hosts.length === 0)
    throw headersError('HEADERS_OPTION_INVALID', 'hostFilter(): expected a list of host names');
  for (const host of hosts) {
    if (typeof host === 'string' && /^(?:\*\.)?(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/.test(host)) continue;
    throw headersError(
      'HEADERS_OPTION_INVALID',
      `hostFilter(): expected a name in lower case without port, such as example.com or *.example.com, found ${JSON.stringify(host)}`,
    );
  }
  const exact = new Set(hosts);
  const below = hosts.filter((host) => host.startsWith('*.')).map((host) => host.slice(1));
  return (host) => exact.has(host) || below.some((suffix) => host.length > suffix.length && host.endsWith(suffix));
}
