import type { ClientIdentity, HttpRequest } from '@windhover/core';
import { isIPv4 } from '@windhover/http-semantics';
import { lowerCase as inLowerCase } from './lower-case.ts';

/** The one spelling of an address that clients are sent to. */
export interface CanonicalForm {
  /** The port of the HTTPS listener, as clients reach it: everything goes there. `null`: the scheme stays as it is. */
  readonly httpsPort: number | null;
  /** One host name, or whether names get a `www.` or lose it. `null`: the host stays as it is. */
  readonly host: { readonly name: string } | 'www' | 'no-www' | null;
  /** Whether paths end with a slash. A path whose last segment has a dot is taken for a file, which has none. */
  readonly trailingSlash: 'add' | 'remove' | null;
  readonly lowerCase: boolean;
}

/**
 * Where a request belongs, in one step however many rules it breaks; `null` if it is there. A request without a host,
 * as HTTP/1.0 allows, can only be sent to another path.
 */
export function canonicalLocation(request: HttpRequest, client: ClientIdentity, form: CanonicalForm): string | null {
  if (!request.path.startsWith('/')) return null; // OPTIONS * and CONNECT ask for no path
  const path = canonicalPath(request.path, form);
  const query = request.query === null ? '' : `?${request.query}`;
  const origin = canonicalOrigin(client, form);
  // Two slashes at the start would name a host.
  if (origin === null) return path === request.path ? null : `${path.replace(/^[/\\]{2,}/, '/')}${query}`;
  return `${origin}${path}${query}`;
}

function canonicalPath(path: string, { trailingSlash, lowerCase }: CanonicalForm): string {
  const cased = lowerCase ? inLowerCase(path) : path;
  if (trailingSlash === 'remove' && cased.length > 1 && cased.endsWith('/')) return cased.replace(/\/+$/, '') || '/';
  if (trailingSlash !== 'add' || cased.endsWith('/') || cased.slice(cased.lastIndexOf('/')).includes('.')) return cased;
  return `${cased}/`;
}

/** `null` if scheme and host are right. */
function canonicalOrigin({ scheme, host, hostPort }: ClientIdentity, form: CanonicalForm): string | null {
  if (host === '') return null;
  const toHttps = form.httpsPort !== null && scheme === 'http';
  const name = canonicalHost(host, form.host);
  if (!toHttps && name === host) return null;
  const port = toHttps ? form.httpsPort : hostPort;
  const isUsual = port === null || port === (toHttps || scheme === 'https' ? 443 : 80);
  return `${toHttps ? 'https' : scheme}://${name}${isUsual ? '' : `:${port}`}`;
}

function canonicalHost(host: string, rule: CanonicalForm['host']): string {
  if (rule === null) return host;
  if (typeof rule === 'object') return rule.name;
  if (rule === 'no-www') return host.startsWith('www.') && host.includes('.', 4) ? host.slice(4) : host;
  const isName = host.includes('.') && !host.startsWith('[') && !isIPv4(host);
  return isName && !host.startsWith('www.') ? `www.${host}` : host;
}
