import type { Connection, Middleware } from '@windhover/core';
import { isRecord } from '@windhover/options';
import type { ListenOptions } from '@windhover/transport';
import type { OwnLimits } from './connection-limits.ts';
import { serverError } from './errors.ts';
import type { Protocol } from './protocol.ts';

/**
 * Returns the options of a listener, with the server's own middleware in front: if TLS or a middleware handles
 * connections before they are served, the server must know them from the beginning. Connections that are served
 * immediately, as most are, need none of it. What counts clients comes last: a middleware may find out who the client is. Options of a wrong type are returned as they are, for `listen()` to
 * refuse. Throws `SERVER_OPTION_INVALID` if TLS offers a protocol that the server does not speak.
 */
export function prepareListening(
  given: ListenOptions,
  protocols: readonly Protocol[],
  arrive: Middleware<Connection>,
  own: OwnLimits,
): ListenOptions {
  const isUsable: boolean = isRecord(given);
  if (!isUsable) return given;
  const { middleware: theirs = [] } = given;
  if (!Array.isArray(theirs) || theirs.some((each) => typeof each !== 'function')) return given;
  checkAlpn(given.tls?.alpnProtocols, protocols);
  const middleware = [...own.first, ...theirs, ...own.last];
  return middleware.length === 0 && given.tls === undefined ? given : { ...given, middleware: [arrive, ...middleware] };
}

/** A client uses the protocol that it is offered: if it is promised HTTP/2 and gets HTTP/1.1, it can only fail. */
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
