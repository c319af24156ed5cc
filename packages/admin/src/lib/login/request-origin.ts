import type { HttpRequest } from '@windhover/core';

/**
 * Whether a website of somebody else sends the request. Browsers say so in `Sec-Fetch-Site` and `Origin`; a program sends neither.
 */
export function isCrossSite({ headers, host, port }: HttpRequest): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const origin = headers.get('origin');
  if (origin === undefined) return false;
  // A proxy in front may speak TLS where we do not, so the scheme is not compared.
  const parts = /^(https?):\/\/([^/]+)$/.exec(origin.toLowerCase());
  if (parts === null) return true; // `null`: a page without an origin
  const usual = parts[1] === 'https' ? 443 : 80;
  const [, name = '', written] = /^(\[[^\]]*\]|[^:]*)(?::([0-9]+))?$/.exec(parts[2]!) ?? [];
  const isSamePort =
    port === null ? written === undefined || [80, 443].includes(Number(written)) : Number(written ?? usual) === port;
  return name !== host || !isSamePort;
}

/** Names that always lead to this machine. */
const local = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether the API may be asked under this name. Any other could be a name that somebody lets lead here, so that the page of a website
 * counts as of the same origin.
 */
export function isKnownHost(host: string, known: ReadonlySet<string>): boolean {
  return local.has(host) || known.has(host);
}
