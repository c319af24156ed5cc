import type { ConnectionInfo, HttpContext, Middleware } from '@windhover/core';
import type { SiteCertificates } from '@windhover/features';

/** Why a request may not use its connection. `null`: it may. */
export type Misuse = 'other site' | 'no TLS' | null;

/**
 * Whether a request for a site may use its connection. HTTP allows requests for any host on any connection, so one whose client was never
 * asked for a certificate must not open a site that asks; and after a reload, neither one that was asked for other certificates.
 *
 * @param own what the site asks for; `undefined` if for nothing
 */
export function misuseOf({ tls }: Pick<ConnectionInfo, 'tls'>, own: SiteCertificates | undefined): Misuse {
  const asked = tls?.clientCertificate?.policy;
  if (asked === own?.policy) return null;
  if (tls !== null) return 'other site';
  return own!.options.mode === 'request' ? null : 'no TLS';
}

/** Refuses requests whose connection was made for another site, as far as one of the two asks for client certificates. */
export function requireSameSite(sites: ReadonlyMap<string, SiteCertificates>): Middleware<HttpContext> {
  return function requireSameSite(context, next) {
    const misuse = misuseOf(context.connection, sites.get(context.site ?? ''));
    if (misuse === null) return next(context);
    const { response } = context;
    response.status = misuse === 'no TLS' ? 403 : 421; // RFC 9110 §15.5.20
    response.headers.set('Content-Type', 'text/plain; charset=utf-8');
    response.body = texts[misuse];
  };
}

const texts = {
  'no TLS': 'This site wants a client certificate: use https.\n',
  'other site':
    'This connection was made for another site, or before certificates changed; a new connection for this host is needed.\n',
};
