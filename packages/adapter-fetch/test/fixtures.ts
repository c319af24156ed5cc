import type { HttpContext, Middleware } from '@windhover/core';
import { createServer, type Server } from '@windhover/server';
import { onTestFinished } from 'vitest';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Serves `handler` until the test is over. */
export async function serve(
  handler: (context: HttpContext) => void | Promise<void>,
  options: Parameters<Server['listen']>[1] = {},
): Promise<string> {
  const server = createServer(handler, { log: quiet });
  const listener = await server.listen({ host: '127.0.0.1', port: 0 }, options);
  onTestFinished(() => server.close({ timeoutMs: 0 }));
  return `http://127.0.0.1:${(listener.address as { port: number }).port}`;
}

/** Adds a header to whatever the rest answers. */
export const tag: Middleware<HttpContext> = async (context, next) => {
  await next(context);
  context.response.headers.set('X-Tag', 'yes');
};
