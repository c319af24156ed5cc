import type { HttpContext, Middleware } from '@windhover/core';
import { type ClientAddressOptions, clientPolicy } from './client-policy.ts';
import { type ClientFacts, resolveClient } from './resolve-client.ts';

/**
 * Sets `context.client` to the client behind the trusted proxies. Place it before everything that decides or logs by
 * the client; a second one in the same pipeline throws `CORE_CLIENT_ALREADY_SET`. Throws `CLIENT_ADDRESS_TRUST_INVALID`
 * and `CLIENT_ADDRESS_OPTION_INVALID` when it is created, and `CLIENT_ADDRESS_MALFORMED` (400) for a request.
 */
export function clientAddress(options: ClientAddressOptions = {}): Middleware<HttpContext> {
  const policy = clientPolicy(options);
  return function clientAddress(context, next) {
    context.setClient(policy.trust.isEmpty ? context.client : resolveClient(clientFacts(context), policy));
    return next(context);
  };
}

/** Collects the facts for `resolveClient` and `explainClient`. */
export function clientFacts({ request, connection }: HttpContext): ClientFacts {
  const { transport, remoteAddress, remotePort } = connection;
  const { scheme, host, port, headers } = request;
  return { transport, remoteAddress, remotePort, scheme, host, port, headers };
}
