import type { HttpContext } from '@windhover/core';
import { serverError } from '../errors.ts';

/** RFC 8441 §5: what a handshake says in HTTP/1.1 and HTTP/2 does not. */
const ofHttp1 = new Set(['upgrade', 'connection', 'sec-websocket-accept']);

/**
 * Returns the fields of the answer that makes a stream a tunnel. Its status is 200 in place of the 101 of HTTP/1.1.
 * Throws for any other status, and if the client asked for no tunnel.
 */
export function tunnelFields({ request, response }: HttpContext): readonly string[] {
  if (request.upgrade === null && request.method !== 'CONNECT')
    throw serverError(
      'SERVER_RESPONSE_INVALID',
      'response.upgrade was set, but the client asked for none (see request.upgrade)',
    );
  const isConnect = response.status >= 200 && response.status < 300;
  if (response.status !== 101 && !isConnect)
    throw serverError(
      'SERVER_RESPONSE_INVALID',
      `a tunnel needs 101 after an upgrade or 2xx to CONNECT, got ${response.status}`,
    );
  response.status = 200;
  const { fields } = response.headers;
  return fields.filter((_, index) => !ofHttp1.has(fields[index - (index % 3)]!));
}
