import { expect, it } from 'vitest';
import { curl, startServer } from './front-server-fixtures.ts';

it.each([
  ['a tarpit', '{ requests: 1, per: 1h, by: all, refuse: tarpit, tarpit: 1h }', 429],
  ['a delay', '{ requests: 1, per: 1h, by: all, burst: 3, delayAfter: 0 }', 200],
])('answers who waits in %s when it stops', { timeout: 60_000 }, async (_, limit, status) => {
  const { server, url } = await startServer(
    `rateLimit: ${limit}\nsites: { a: { routes: [{ path: /, respond: ok }] } }\n`,
  );
  expect((await curl(url)).status).toBe(200);
  await expect.poll(() => server.connections).toBe(0);
  const held = [curl(url), curl(url)]; // they end with an error if they wait for 20 s
  await expect.poll(() => server.connections).toBe(2);
  await server.stop({ timeoutMs: 60_000 });
  expect((await Promise.all(held)).map((answer) => answer.status)).toEqual([status, status]);
});
