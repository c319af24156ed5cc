import type { HttpContext, HttpResponse, Middleware } from '@windhover/core';
import { addVary } from '@windhover/http-semantics';
import type { CorsHeaders } from './cors-decision.ts';
import { type CorsOptions, corsPolicy } from './cors-policy.ts';
import { decideCors } from './decide-cors.ts';
import { headersError } from './errors.ts';

/** The request headers that the answer to a preflight depends on. */
const preflightVary = [
  'Origin',
  'Access-Control-Request-Method',
  'Access-Control-Request-Headers',
  'Access-Control-Request-Private-Network',
];

/**
 * Lets pages of other origins read answers (CORS, Fetch standard §3.2). It answers preflights itself, with 204 or
 * `HEADERS_CORS_REFUSED` (403), so place it outside of authentication, limits and routes: a preflight has no cookies.
 * Headers and `Vary` are set on every answer, errors included; `Access-Control-` headers set further inside are
 * replaced. Throws `HEADERS_OPTION_INVALID` when it is created.
 */
export function cors(options: CorsOptions): Middleware<HttpContext> {
  const policy = corsPolicy(options);
  const writeNone = (response: HttpResponse): void => write(response, [], true);
  const writeToEverybody = (response: HttpResponse): void =>
    write(response, policy.everybody?.kind === 'allowed' ? policy.everybody.headers : [], false);
  return function cors(context, next) {
    const decision = decideCors(context.request, policy);
    switch (decision.kind) {
      case 'preflight':
        context.onHead((response) => writePreflight(response, decision.headers));
        context.response.status = 204;
        return;
      case 'refused':
        if (decision.isPreflight) {
          context.onHead((response) => writePreflight(response, []));
          throw headersError('HEADERS_CORS_REFUSED', decision.because);
        }
        context.onHead(writeNone);
        return next(context);
      case 'allowed':
        if (decision === policy.everybody) context.onHead(writeToEverybody);
        else context.onHead((response) => write(response, decision.headers, true));
        return next(context);
      case 'none':
        context.onHead(writeNone);
        return next(context);
    }
  };
}

function writePreflight(response: HttpResponse, headers: CorsHeaders): void {
  write(response, headers, false);
  response.headers.set('Vary', addVary(response.headers.get('vary'), ...preflightVary));
}

/** Runs last, so that no handler can allow more. */
function write({ headers }: HttpResponse, own: CorsHeaders, varies: boolean): void {
  headers.delete('access-control-allow-origin');
  headers.delete('access-control-allow-credentials');
  headers.delete('access-control-expose-headers');
  for (const [name, value] of own) headers.set(name, value);
  if (varies) headers.set('Vary', addVary(headers.get('vary'), 'Origin'));
}
