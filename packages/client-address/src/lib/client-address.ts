import type { HttpContext, Middleware } from '@windhover/core';
import { type ClientAddressOptions, clientPolicy } from './client-policy.ts';
import { type ClientFacts, resolveClient } from './resolve-client.ts';

/**
 * Sets `context.client` to who the client is behind the trusted proxies. Stands before everything that decides or logs by it; a second
 * one in the same pipeline throws `CORE_CLIENT_ALREADY_SET`. Throws `CLIENT_ADDRESS_TRUST_INVALID` and
 * `CLIENT_ADDRESS_OPTION_INVALID` when it is made, and answers `CLIENT_ADDRESS_MALFORMED` (400).
 */
export function clientAddress(options: ClientAddressOptions = {}): Middleware<HttpContext> {
  const policy = clientPolicy(options);
  return function clientAddress(context, next) {
    context.setClient(policy.trust.isEmpty ? context.client : resolveClient(clientFacts(context), policy));
    return next(context);
  };
}

/** What `resolveClient` and `explainClient` look at. */
export function clientFacts({ request, connection }: HttpContext): ClientFacts {
  const { transport, remoteAddress, remotePort } = connection;
  const { scheme, host, port, headers } = request;
  return { transport, remoteAddress, remotePort, scheme, host, port, headers };
}
