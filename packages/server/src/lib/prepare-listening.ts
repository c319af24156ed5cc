import type { Connection, Middleware } from '@windhover/core';
import { isRecord } from '@windhover/options';
import type { ListenOptions } from '@windhover/transport';
import { serverError } from './errors.ts';
import type { Protocol } from './protocol.ts';

/**
 * The options of a listener, with the middleware of the server in front: connections that something works on before they are served have to
 * be known from the beginning. Those that are served at once, as most are, need none of it. What is of another type is left for `listen()` to refuse.
 * Throws `SERVER_OPTION_INVALID` for TLS that offers a protocol which nobody here speaks.
 */
export function prepareListening(
  given: ListenOptions,
  protocols: readonly Protocol[],
  arrive: Middleware<Connection>,
  own: readonly Middleware<Connection>[],
): ListenOptions {
  const isUsable: boolean = isRecord(given);
  if (!isUsable) return given;
  const { middleware: theirs = [] } = given;
  if (!Array.isArray(theirs) || theirs.some((each) => typeof each !== 'function')) return given;
  checkAlpn(given.tls?.alpnProtocols, protocols);
  const middleware = [...own, ...theirs];
  return middleware.length === 0 && given.tls === undefined ? given : { ...given, middleware: [arrive, ...middleware] };
}

/** A client takes what it is offered: one that gets HTTP/1.1 after it was promised HTTP/2 can only fail. */
function checkAlpn(offered: unknown, protocols: readonly Protocol[]): void {
  const spoken = protocols.flatMap(({ alpn }) => alpn);
  const foreign = Array.isArray(offered) ? offered.filter((name) => !spoken.includes(name)) : [];
  if (foreign.length === 0) return;
  throw serverError(
    'SERVER_OPTION_INVALID',
    `tls offers ${foreign.join(' and ')} (alpnProtocols of createTls()), which this server does not speak: it speaks ${protocols.map(({ alpn }) => alpn[0]).join(' and ')}. ` +
      'For another protocol on the same port, listen() of @windhover/transport gives you the connections, and server.serve() takes those that are HTTP/1.1',
  );
}
