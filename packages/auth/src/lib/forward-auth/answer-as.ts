import type { HttpResponse } from '@windhover/core';
import type { ClientResponse } from '@windhover/http-client';

/** Fields of the hop to the deciding service, and framing (RFC 9110 §7.6.1). */
const hop = new Set([
  ...['connection', 'content-length', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

/** Passes the answer of the deciding service on: a redirect to a page for logging in, a 403 with its reason. */
export function answerAs(response: HttpResponse, { status, headers }: ClientResponse, body: Uint8Array): 'answered' {
  const nominated = (headers.get('connection') ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  response.status = status;
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (!hop.has(lower) && !nominated.includes(lower)) response.headers.append(name, value);
  }
  response.body = body.length === 0 ? null : body;
  return 'answered';
}
