import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { keepAsking, keepConnecting } from '../../../scripts/lib/load-clients.ts';
import { curl } from './front-server-fixtures.ts';
import { type Running, start, until } from './supervised-fixtures.ts';

const program = `
  const { createServer } = require('node:http');
  createServer((request, response) => {
    if (request.url === '/crash') process.exit(1);
    setTimeout(() => response.end(String(process.pid)), request.url === '/slow' ? 300 : 0);
  }).listen(process.env.PORT);
  console.log('a line of the program');
`;

/** Options of an application that runs the program, as YAML. */
const shop = (more = ''): string =>
  `apps: { shop: { command: [${process.execPath}, -e, ${JSON.stringify(program.replaceAll('\n', ' '))}], listen: socket${more} } }\n`;
const sites = 'sites: { a: { routes: [{ path: /, app: shop }, { path: /fixed, respond: fixed }] } }\n';

const pid = async ({ port }: Running): Promise<string> => (await curl(`http://127.0.0.1:${port}/`)).body;

const rewrite = (running: Running, text: string): Promise<void> =>
  writeFile(running.config, `listen: 127.0.0.1:0\nworkers: 2\naccessLog: off\n${text}`);

async function hasEnded(process: string): Promise<boolean> {
  const stat = await readFile(`/proc/${process}/stat`, 'latin1').catch(() => '');
  return stat === '' || / [ZX] /.test(stat);
}

it('has one set of processes for all workers, and ends it with the server', { timeout: 60_000 }, async () => {
  const running = await start(sites, shop());
  const pids = new Set(await Promise.all(Array.from({ length: 12 }, () => pid(running))));
  expect(pids.size).toBe(1);
  const [only] = [...pids];
  await expect.poll(() => running.output()).toMatch(/a line of the program.*shop/);
  expect(await running.command('stop')).toMatchObject({ code: 0 });
  await until(() => hasEnded(only!));
});

it('ends applications with a supervisor that is killed', { timeout: 60_000 }, async () => {
  const running = await start(sites, shop());
  const only = await pid(running);
  running.process.kill('SIGKILL');
  await until(() => hasEnded(only));
});

it('keeps applications when workers crash or are replaced', { timeout: 60_000 }, async () => {
  const running = await start(sites, shop());
  const only = await pid(running);
  const [worker] = await running.workers();
  process.kill(worker!.pid, 'SIGKILL');
  await until(async () =>
    (await running.workers()).every(({ state, pid }) => state === 'ready' && pid !== worker!.pid),
  );
  expect((await running.command('reload', '--workers')).code).toBe(0);
  for (let asked = 0; asked < 6; asked++) expect(await pid(running)).toBe(only);
});

it('recycles under load again and again without losing a request', { timeout: 90_000 }, async () => {
  const running = await start(sites, shop(', instances: 2, warmUp: [/, /slow]'));
  await pid(running);
  const clients = [keepAsking(running.port, 8), keepConnecting(running.port, 4)]; // kept and fresh connections
  const seen = new Set<string>();
  for (let round = 0; round < 5; round++) {
    const before = await pid(running);
    seen.add(before);
    expect(await running.command('app', 'recycle', 'shop')).toMatchObject({ code: 0, stdout: 'Recycling shop.\n' });
    await until(() => hasEnded(before));
  }
  for (const { stop, tally } of clients) {
    await stop();
    expect(tally).toMatchObject({ lost: 0, refused: 0, resets: 0, failed: 0 });
    expect(tally.answered).toBeGreaterThan(50);
  }
  expect(seen.size).toBe(5);
});

it('lists, stops, starts and shows the lines of an application', { timeout: 60_000 }, async () => {
  const running = await start(sites, shop());
  const only = await pid(running);
  await until(async () => / [1-9]\d* requests?\n/.test((await running.command('app', 'list')).stdout));
  expect((await running.command('app')).stdout).toMatch(
    new RegExp(`^shop: running\n  ready, process ${only}, for \\d+s, \\d+ requests?\n$`),
  );
  expect((await running.command('app', 'logs', 'shop')).stdout).toMatch(
    new RegExp(`Z ${only} a line of the program\n`),
  );
  expect((await running.command('status')).stdout).toMatch(/application +shop: running, 1 instance\n/);
  expect(await running.command('app', 'stop', 'shop')).toMatchObject({ code: 0, stdout: 'Stopped shop.\n' });
  expect(await curl(`http://127.0.0.1:${running.port}/`)).toMatchObject({ status: 503 });
  expect(await curl(`http://127.0.0.1:${running.port}/fixed`)).toMatchObject({ status: 200 });
  expect(await running.command('app', 'start', 'shop')).toMatchObject({ code: 0 });
  expect(await pid(running)).not.toBe(only);
  expect(await running.command('app', 'recycle', 'blog')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/no application.*blog.*shop/),
  });
  expect(await running.command('app', 'recycle')).toMatchObject({ code: 2 });
});

it('keeps, recycles and removes applications with a reload, and adds the first one', { timeout: 90_000 }, async () => {
  const fixed = 'sites: { a: { routes: [{ path: /, respond: none }] } }\n';
  const running = await start(fixed);
  const reload = async (text: string): Promise<void> => {
    await rewrite(running, text);
    expect(await running.command('reload')).toMatchObject({ code: 0 });
  };
  await reload(shop() + sites);
  const first = await pid(running);
  await reload(`requestId: true\n${shop()}${sites}`);
  expect(await pid(running)).toBe(first);
  await reload(shop(', env: { GREETING: hello }') + sites);
  await until(() => hasEnded(first));
  const second = await pid(running);
  await rewrite(running, shop(', instances: no') + sites);
  expect((await running.command('reload')).code).toBe(1);
  expect(await pid(running)).toBe(second);
  await reload(fixed);
  await until(() => hasEnded(second));
  expect((await running.command('app', 'list')).stdout).toBe('The configuration has no applications.\n');
});

it('loses only the requests of an instance that crashes', { timeout: 60_000 }, async () => {
  const running = await start(sites, shop());
  const before = await pid(running);
  expect((await curl(`http://127.0.0.1:${running.port}/crash`)).status).toBe(502);
  expect(await pid(running)).not.toBe(before);
  await expect.poll(() => running.output()).toMatch(/An instance failed, the next attempt is in 200 ms: exit code 1/);
});
