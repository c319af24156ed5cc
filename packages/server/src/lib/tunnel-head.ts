import type { HttpResponse } from '@windhover/core';
import { type RequestHead, serializeResponseHead } from '@windhover/http-parser';
import { serverError } from './errors.ts';

/**
 * Returns the head that makes a connection a tunnel: 101 after an upgrade, or 2xx to CONNECT. Throws for anything else.
 */
export function tunnelHead(head: RequestHead, response: HttpResponse): string {
  // If no status was set, it is 101, as for an upgrade; but CONNECT is answered with 2xx (RFC 9110 §9.3.6).
  if (head.method === 'CONNECT' && response.status === 101) response.status = 200;
  const { status } = response;
  if (head.method === 'CONNECT' && status >= 200 && status < 300) {
    return serializeResponseHead({ status, statusText: 'OK', fields: fieldsWithoutUpgrade(response) });
  }
  const protocol = head.upgrade?.split(',')[0]?.trim();
  if (protocol === undefined) {
    throw serverError(
      'SERVER_RESPONSE_INVALID',
      'response.upgrade was set, but the client asked for none (see request.upgrade)',
    );
  }
  if (status !== 101) {
    throw serverError(
      'SERVER_RESPONSE_INVALID',
      `a tunnel needs 101 after an upgrade or 2xx to CONNECT, got ${status}`,
    );
  }
  return serializeResponseHead({
    status,
    statusText: 'Switching Protocols',
    fields: fieldsWithoutUpgrade(response),
    connection: { upgrade: protocol },
  });
}

/** Removes `Upgrade`, because the engine itself names the protocol that the client asked for. */
function fieldsWithoutUpgrade({ headers }: HttpResponse): readonly string[] {
  headers.delete('upgrade');
  return headers.fields;
}
