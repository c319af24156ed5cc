import { readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { configOf, startManaged } from './admin-fixtures.ts';
import { execute, temporaryFolder } from './front-server-fixtures.ts';
import { program } from './supervised-fixtures.ts';

const limits = { timeout: 120_000 };
const sites = 'sites: { a: { routes: [{ path: /, respond: one }] } }\n';

/** A port that somebody else has. */
async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as { port: number }).port;
}

it.each([2, 0])('with `workers: %i` a configuration that never ran is not in the history', limits, async (workers) => {
  const folder = await temporaryFolder();
  const config = join(folder, 'windhover.yaml');
  await writeFile(join(folder, 'admins'), '');
  await writeFile(config, configOf(workers, `listen: 127.0.0.1:${await takenPort()}\n${sites}`));
  expect(await execute(process.execPath, [program, 'run', '-c', config])).toMatchObject({ code: 1 });
  const kept = await readdir(join(folder, 'windhover.yaml.history')).catch(() => []);
  expect(kept.filter((name) => name.endsWith('.json'))).toEqual([]);
});

it.each([2, 0])('with `workers: %i` the first one has the number that the state has', limits, async (workers) => {
  const { api } = await startManaged(workers, sites);
  const [first, ...more] = (await api('GET', '/config/history')).json;
  const { edition } = (await api('GET', '/overview')).json.config;
  expect([first, more]).toMatchObject([{ note: 'the first one', isCurrent: true, edition }, []]);
});
