import type { HttpContext } from '@windhover/core';

/** Fields that proxies add. A client that sends one itself only loses the comfort of one login per connection. */
const proxyFields = ['via', 'forwarded', 'x-forwarded-for', 'x-real-ip'];

/**
 * Whether other clients' requests may come over the same connection: a proxy sends them. HTTP/1.0 counts too, because
 * old proxies speak it.
 */
export function isShared({ request, client }: HttpContext): boolean {
  if (client.source !== 'connection' || request.httpVersion !== '1.1') return true;
  for (const name of proxyFields) if (request.headers.has(name)) return true;
  return false;
}
