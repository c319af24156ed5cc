import type { Http2RequestHead } from '@windhover/http2-codec';
import type { ClientRequest } from '../client-types.ts';
import { http2Fields } from './http2-fields.ts';
import { keyOf, withoutKey } from './upgrade-handshake.ts';

/** A head, and the key of the handshake that it would have in HTTP/1.1. */
export interface RequestHead {
  readonly head: Http2RequestHead;
  readonly key: string | undefined;
}

/**
 * The head of a request in HTTP/2; one with `upgrade` is an extended CONNECT (RFC 8441 §4). Throws for a field that only
 * the client may set.
 *
 * @param host the authority of requests that name none
 * @param length of the body; `null` if unknown
 */
export function requestHead(request: ClientRequest, scheme: string, host: string, length: number | null): RequestHead {
  const { upgrade = null } = request;
  const fields = http2Fields(request, length);
  const common = { scheme, authority: request.host ?? host, path: request.target, protocol: upgrade };
  if (upgrade === null) return { head: { ...common, method: request.method, fields }, key: undefined };
  return { head: { ...common, method: 'CONNECT', fields: withoutKey(fields) }, key: keyOf(fields) };
}
