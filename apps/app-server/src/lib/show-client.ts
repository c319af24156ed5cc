import type { HttpContext, Middleware } from '@windhover/core';

/** Headers that proxies write about the client. Clients can send them too. */
const names = [
  'Forwarded',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Port',
  'X-Forwarded-Proto',
  'X-Real-IP',
];

/**
 * Replaces the forwarding headers with the trusted client facts, because frameworks read these headers themselves. Untrusted values are
 * removed; values from a trusted proxy are replaced with the result. `trust proxy` of Express and `trustProxy` of Fastify then agree with
 * `context.client`.
 */
export const showClient: Middleware<HttpContext> = function showClient(context, next) {
  const { client, request } = context;
  if (names.some((name) => request.headers.has(name))) {
    for (const name of names) request.headers.delete(name);
    if (client.source !== 'connection') {
      const { address, scheme, host, hostPort } = client;
      if (address !== '') request.headers.set('X-Forwarded-For', address);
      request.headers.set('X-Forwarded-Proto', scheme);
      if (host !== '') request.headers.set('X-Forwarded-Host', hostPort === null ? host : `${host}:${hostPort}`);
    }
  }
  return next(context);
};
