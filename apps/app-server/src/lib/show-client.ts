import type { HttpContext, Middleware } from '@windhover/core';

/** What proxies write about the client, and clients too if nobody stops them. */
const names = [
  'Forwarded',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Port',
  'X-Forwarded-Proto',
  'X-Real-IP',
];

/**
 * Tells frameworks, which look at the headers themselves, what is believed of the client: nothing that nobody trusted has said, and of what a trusted
 * proxy has said the outcome. `trust proxy` of Express and `trustProxy` of Fastify then give what `context.client` says.
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
