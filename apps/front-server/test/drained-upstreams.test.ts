import { appendFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { startManaged } from './admin-fixtures.ts';
import { startUpstream } from './front-server-fixtures.ts';
import { until } from './supervised-fixtures.ts';

it('an upstream that was drained stays so in workers that start later, and after a reload', {
  timeout: 90_000,
}, async () => {
  const [one, other] = await Promise.all(
    ['one', 'other'].map((name) => startUpstream((_request, response) => response.end(name))),
  );
  const servers = [one!, other!].map(({ port }) => `http://127.0.0.1:${port}`);
  const running = await startManaged(
    2,
    `upstreams: { u: { to: [${servers.map((each) => `"${each}"`).join(', ')}] } }\nsites: { a: { routes: [{ path: /, proxy: u }] } }\n`,
  );
  const answers = async (): Promise<readonly string[]> => {
    const texts = Array.from({ length: 16 }, async () =>
      (await fetch(running.url, { headers: { connection: 'close' } })).text(),
    );
    return [...new Set(await Promise.all(texts))].sort();
  };
  expect(await answers()).toEqual(['one', 'other']);
  expect(await running.api('POST', '/things/upstream/u/drain', { address: servers[0] })).toMatchObject({ status: 200 });
  expect(await answers()).toEqual(['other']);

  const pids = async (): Promise<readonly number[]> =>
    ((await running.api('GET', '/overview')).json.workers as { pid: number; state: string }[])
      .filter(({ state }) => state === 'ready')
      .map(({ pid }) => pid);
  const before = await pids();
  for (const pid of before) {
    process.kill(pid, 'SIGKILL');
    await until(async () => (await pids()).length === 2 && !(await pids()).includes(pid));
  }
  expect(await answers()).toEqual(['other']);

  await appendFile(running.config, 'requestId: true\n');
  expect((await running.command(['reload'])).code).toBe(0);
  expect(await answers()).toEqual(['other']);
  const drain = (verb: 'drain' | 'undrain') =>
    running.api('POST', `/things/upstream/u/${verb}`, { address: servers[0] });
  const replaced = running.command(['reload', '--workers']);
  for (let round = 0; round < 20; round++) await drain(round % 2 === 0 ? 'undrain' : 'drain'); // while workers start
  expect((await replaced).code).toBe(0);
  expect(await answers()).toEqual(['other']);
  expect(await running.api('POST', '/things/upstream/u/undrain', { address: servers[0] })).toMatchObject({
    status: 200,
  });
  expect(await answers()).toEqual(['one', 'other']);
});
