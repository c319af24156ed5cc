import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { curl, startServer, startUpstream, temporaryFolder } from './front-server-fixtures.ts';

it('a reload keeps the connections to upstreams, and what is known of those that are down', async () => {
  let connections = 0;
  const upstream = createServer((_request, response) => response.end('up'));
  upstream.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    upstream.closeAllConnections();
    upstream.close();
  });
  const up = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const gone = await startUpstream(() => undefined);
  await gone.stop();
  const down = `http://127.0.0.1:${gone.port}`;
  const config = (answer: string): string =>
    `metrics: 127.0.0.1:0\nupstreams: { shop: { to: ["${down}", "${up}"], rest: 1h } }\nsites: { a: { routes: [{ path: /, proxy: shop }, { path: /x, respond: ${answer} }] } }`;
  const folder = await temporaryFolder();
  const { server, url, logLines } = await startServer(config('one'), folder);
  for (let round = 0; round < 4; round++) expect((await curl(`${url}/`)).body).toBe('up');
  const health = async (): Promise<unknown> =>
    JSON.parse((await curl(`http://${server.operationsListener!.name}/health/upstreams`)).body);
  const known = {
    upstreams: [
      {
        name: 'shop',
        healthy: true,
        addresses: [
          { address: down, up: false },
          { address: up, up: true },
        ],
      },
    ],
  };
  expect(await health()).toEqual(known);
  // The address that was down would be connected to now, if it was tried again.
  const back = createTcpServer(() => (connections += 100));
  await new Promise<void>((resolve) => back.listen(gone.port, '127.0.0.1', resolve));
  onTestFinished(() => void back.close());
  const text = `listen: 127.0.0.1:0\n${config('two')}`;
  expect(await server.reload({ config: { file: join(folder, 'windhover.yaml'), text } })).toMatchObject({ ok: true });
  expect((await curl(`${url}/x`)).body).toBe('two');
  for (let round = 0; round < 4; round++) expect((await curl(`${url}/`)).body).toBe('up');
  expect(connections).toBe(1);
  expect(await health()).toEqual(known);
  expect(logLines.filter((line) => line.includes('cannot be reached'))).toHaveLength(1);
});
