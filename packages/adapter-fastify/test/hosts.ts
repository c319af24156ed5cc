import { createServer, type Server } from '@windhover/server';
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import { fromFastify } from '../src/index.ts';

export const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The application on a Windhover server, until the test is over. */
export async function onWindhover(
  app: FastifyInstance,
  options: Parameters<Server['listen']>[1] = {},
): Promise<number> {
  const server = createServer(await fromFastify(app, { log: quiet }), { log: quiet });
  const { name } = await server.listen({ host: '127.0.0.1', port: 0 }, options);
  onTestFinished(async () => {
    await server.close({ drainIdleMs: 0, timeoutMs: 0 });
    await app.close();
  });
  return Number(name.split(':').at(-1));
}

/** The same on its own server. */
export async function onNode(app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => app.close());
  return (app.server.address() as { port: number }).port;
}
