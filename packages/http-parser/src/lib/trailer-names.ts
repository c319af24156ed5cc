/**
 * Fields that RFC 9110 §6.5.1 forbids in trailers, grouped by what they would change if a recipient believed them after
 * it had acted on the head. Names that begin with `content-` are forbidden too. `http2-codec` has the same
 * list: change both.
 */
const forbidden = new Set(
  [
    // Framing: the head has already decided where the message ends.
    'transfer-encoding trailer te',
    // Routing and the connection itself.
    'host connection keep-alive proxy-connection upgrade via forwarded x-forwarded-for x-forwarded-host',
    'x-forwarded-proto x-forwarded-port x-forwarded-prefix x-real-ip max-forwards alt-svc',
    // Request modifiers: conditions and expectations that have already been evaluated.
    'cache-control expect pragma range if-match if-none-match if-modified-since if-unmodified-since if-range',
    // Authentication and session state.
    'authorization proxy-authorization www-authenticate proxy-authenticate authentication-info',
    'proxy-authentication-info cookie set-cookie',
    // Response control data: how to cache, redirect or retry the response.
    'age date expires location retry-after vary warning',
  ]
    .join(' ')
    .split(' '),
);

/** Whether a field must neither be accepted nor written in a trailer section. The name is in lower case. */
export function isForbiddenTrailer(name: string): boolean {
  return name.startsWith('content-') || forbidden.has(name);
}
