import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { keepAsking } from '../../../scripts/lib/load-clients.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { curl, startServer, temporaryFolder } from './front-server-fixtures.ts';
import { until } from './supervised-fixtures.ts';

/** A folder with a program that answers with its process id and what it was asked for. */
async function programFolder(): Promise<string> {
  const folder = await temporaryFolder();
  const program = `
    import { createServer } from 'node:http';
    const server = createServer((request, response) => {
      if (request.url === '/crash') process.exit(1);
      response.end(process.pid + ' ' + request.url + ' ' + (request.headers['x-forwarded-host'] ?? '') + '\\n');
    });
    server.on('upgrade', (request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: echo\\r\\n\\r\\n');
      socket.pipe(socket);
    });
    setTimeout(() => server.listen(process.env.PORT), Number(process.env.DELAY ?? 0));
    console.log('the program starts');
  `;
  await writeFile(join(folder, 'app.mjs'), program);
  return folder;
}

const sites = 'sites: { a: { routes: [{ path: /, app: shop }, { path: /fixed, respond: fixed }] } }\n';
const shop = (more = ''): string =>
  `apps: { shop: { command: [${process.execPath}, app.mjs], listen: socket${more} } }\n`;

it('runs an application and passes requests on to it, without workers', async () => {
  const { url, logLines } = await startServer(shop() + sites, await programFolder());
  const { status, body } = await curl(`${url}/items?page=2`);
  expect({ status, body }).toMatchObject({
    status: 200,
    body: expect.stringMatching(/^\d+ \/items\?page=2 127\.0\.0\.1:\d+\n$/),
  });
  await until(() => logLines.some((line) => line.includes('the program starts') && line.includes('shop')));
});

it.skipIf(!hasPeer('python3'))(
  'runs a Python program on a port, and replaces it without losing a request',
  async () => {
    const folder = await programFolder();
    const python = (more = ''): string =>
      `apps: { shop: { command: [python3, -m, http.server, --bind, 127.0.0.1, "{port}"]${more} } }\n${sites}`;
    const { server, url, logLines } = await startServer(python(), folder);
    const statuses = new Set<number>();
    statuses.add((await curl(`${url}/app.mjs`)).status);
    const text = `listen: 127.0.0.1:0\n${python(', warmUp: [/app.mjs]')}`;
    expect(await server.reload({ config: { file: join(folder, 'windhover.yaml'), text } })).toMatchObject({ ok: true });
    const pids = (): number => new Set(logLines.flatMap((line) => /GET \/app.*pid=(\d+)/.exec(line)?.[1] ?? [])).size;
    for (let asked = 0; asked < 500 && pids() < 2; asked++) statuses.add((await curl(`${url}/app.mjs`)).status);
    expect([...statuses]).toEqual([200]);
    expect(pids()).toBe(2);
  },
);

it('answers 503 with Retry-After and a splash page to GET while it starts; a POST waits', async () => {
  const folder = await programFolder();
  await writeFile(join(folder, 'starting.html'), '<h1>One moment</h1>');
  const { url } = await startServer(shop(', splash: ./starting.html, env: { DELAY: 700 }') + sites, folder);
  const first = await curl(`${url}/`);
  expect(first).toMatchObject({ status: 503, body: '<h1>One moment</h1>' });
  expect(first.head).toMatch(/retry-after: 5/);
  expect(await curl('-X', 'POST', `${url}/order`)).toMatchObject({ status: 200 });
  expect(await curl(`${url}/`)).toMatchObject({ status: 200 });
});

it('refuses with 503 the requests that have no room in the queue', async () => {
  const { url } = await startServer(
    shop(', start: on-request, queue: 2, env: { DELAY: 500 }') + sites,
    await programFolder(),
  );
  const statuses = (await Promise.all(Array.from({ length: 5 }, () => curl(`${url}/`)))).map(({ status }) => status);
  expect(statuses.sort()).toEqual([200, 200, 503, 503, 503]);
});

it('answers 503 for an application that always fails; other routes go on', async () => {
  const { url, logLines } = await startServer(
    `apps: { shop: { command: [sh, -c, exit 3], rapidFail: { failures: 2 } } }\n${sites}`,
    await programFolder(),
  );
  await until(() => logLines.some((line) => line.includes('not started again')));
  expect(await curl(`${url}/`)).toMatchObject({ status: 503 });
  expect(await curl(`${url}/fixed`)).toMatchObject({ status: 200, body: 'fixed' });
});

it('keeps its process over a reload that changes nothing about it, and replaces it otherwise', async () => {
  const folder = await programFolder();
  const { server, url } = await startServer(shop() + sites, folder);
  const pid = async (): Promise<string> => (await curl(`${url}/`)).body.split(' ')[0]!;
  const first = await pid();
  const reload = (text: string) =>
    server.reload({ config: { file: join(folder, 'windhover.yaml'), text: `listen: 127.0.0.1:0\n${text}` } });
  expect(await reload(`${shop()}requestId: true\n${sites}`)).toMatchObject({ ok: true });
  expect(await pid()).toBe(first);
  expect(await reload(shop(', env: { GREETING: hello }') + sites)).toMatchObject({ ok: true });
  await until(async () => (await pid()) !== first);
});

it('loses no more than the requests under way when one of two instances is killed under load', async () => {
  const { url, logLines } = await startServer(shop(', instances: 2') + sites, await programFolder());
  const pids = new Set<string>();
  while (pids.size < 2) pids.add((await curl(`${url}/`)).body.split(' ')[0]!);
  const clients = keepAsking(Number(new URL(url).port), 8);
  await until(() => clients.tally.answered > 200);
  process.kill(Number([...pids][0]), 'SIGKILL');
  await until(() => logLines.some((line) => line.includes('An instance failed')));
  const { answered } = clients.tally;
  await until(() => clients.tally.answered > answered + 500);
  await clients.stop();
  expect(clients.tally).toMatchObject({ lost: 0, refused: 0, resets: 0 });
  expect(clients.tally.failed).toBeLessThanOrEqual(8); // one for each client
});

it('passes tunnels on, and keeps them when the application is recycled, up to the shutdown limit', async () => {
  const folder = await programFolder();
  const { server, url } = await startServer(shop(', shutdown: 1500ms') + sites, folder);
  const before = (await curl(`${url}/`)).body;
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const heard = async (): Promise<string> => String((await once(socket, 'data'))[0]);
  socket.write('GET /live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  expect(await heard()).toMatch(/^HTTP\/1.1 101 /);
  const closed = once(socket, 'close');
  const text = `listen: 127.0.0.1:0\n${shop(', shutdown: 1500ms, env: { GREETING: hello }')}${sites}`;
  expect(await server.reload({ config: { file: join(folder, 'windhover.yaml'), text } })).toMatchObject({ ok: true });
  await until(async () => (await curl(`${url}/`)).body !== before);
  socket.write('still here');
  expect(await heard()).toBe('still here');
  await closed;
});

it('says what is wrong with an application', async () => {
  const folder = await programFolder();
  await expect(
    startServer(`apps: { shop: { command: [node], cwd: ./nowhere, splash: ./no.html } }\n${sites}`, folder),
  ).rejects.toThrow(/apps\.shop\.cwd.*Expected a folder that exists/s);
  await expect(startServer(shop(', user: nobody-at-all') + sites, folder)).rejects.toThrow(/no user|run as root/);
  await expect(startServer(`apps: { other: { command: [node] } }\n${sites}`, folder)).rejects.toThrow(/shop/);
});
