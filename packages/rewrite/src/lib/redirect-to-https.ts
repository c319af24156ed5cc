import type { HttpContext, Middleware } from '@windhover/core';
import { checkOptions, type Rules, rule, wholeNumber } from '@windhover/options';
import { optionError } from './errors.ts';

/** How `redirectToHttps` redirects. */
export interface HttpsRedirectOptions {
  /** The port of the HTTPS listener, as clients reach it. Default: 443, which the location then does not name. */
  readonly port?: number;
  /**
   * 301 and 302 let browsers turn a POST into a GET; 307 and 308 do not. 301 and 308 are remembered by browsers.
   * Default: 308, RFC 9110 §15.4.9.
   */
  readonly status?: 301 | 302 | 307 | 308;
}

const optionRules: Rules<HttpsRedirectOptions> = {
  port: wholeNumber(1, 65_535),
  status: rule('301, 302, 307 or 308', (value) => [301, 302, 307, 308].includes(value as number)),
};

/** Returns the same place over HTTPS. `url` is a path and query. */
export function httpsLocation(host: string, port: number, url: string): string {
  return `https://${host}${port === 443 ? '' : `:${port}`}${url}`;
}

/**
 * Redirects requests that came over plain HTTP to the same host, path and query over HTTPS. It looks at
 * `context.client`, so that a trusted proxy that does the TLS is believed, and redirects to no endless loop. A request
 * without a host (HTTP/1.0) gets 400. Throws `REWRITE_OPTION_INVALID`.
 */
export function redirectToHttps(options: HttpsRedirectOptions = {}): Middleware<HttpContext> {
  checkOptions(options, optionRules, (fault) => optionError(`redirectToHttps(): ${fault}`));
  const { port = 443, status = 308 } = options;
  return function redirectToHttps(context, next) {
    const { client, request, response } = context;
    // OPTIONS * and CONNECT ask for no path that the client could be sent to.
    if (client.scheme === 'https' || !request.path.startsWith('/')) return next(context);
    if (client.host === '') {
      response.status = 400; // there is no name to redirect to
      return;
    }
    response.status = status;
    response.headers.set('Location', httpsLocation(client.host, port, request.url));
  };
}
