import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keepAsking, keepConnecting } from '../../../scripts/lib/load-clients.ts';
import { curl, temporaryFolder } from './front-server-fixtures.ts';
import { start, until } from './supervised-fixtures.ts';

/** A plugin whose answers begin with the process that gives them; `/say` tells the others, `/heard` lists who has told it. */
const plugin = `export default {
  name: 'acme.talk', levels: ['route'], phases: ['origin'], combine: 'replace',
  schema: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  create(options, { bus }) {
    const heard = [];
    const end = bus.subscribe('talk', (pid) => heard.push(pid));
    const run = ({ request, response }) => {
      if (request.path === '/say') bus.publish('talk', process.pid);
      response.body = [process.pid, ...(request.path === '/heard' ? heard : [])].join(' ');
    };
    return { layers: [{ phase: 'origin', run }], dispose: end };
  },
};`;

async function startTalking() {
  const folder = await temporaryFolder();
  const file = join(folder, 'talk.mjs');
  await writeFile(file, plugin);
  const text = `plugins: ["${file}"]\nsites: { a: { routes: [{ path: /, acme.talk: true }] } }\n`;
  return start(text, '', 3);
}

it('a feature reaches itself in every other worker, and not in its own', { timeout: 60_000 }, async () => {
  const running = await startTalking();
  const pids = (await running.workers()).map(({ pid }) => pid);
  const url = `http://127.0.0.1:${running.port}`;
  const speaker = Number((await curl(`${url}/say`)).body);
  const heard = new Map<number, readonly number[]>();
  await until(async () => {
    const [pid, ...from] = (await curl(`${url}/heard`)).body.split(' ').map(Number);
    heard.set(pid!, from);
    return pids.every((each) => heard.get(each)?.length === (each === speaker ? 0 : 1));
  });
  for (const [pid, from] of heard) expect(from).toEqual(pid === speaker ? [] : [speaker]);
});

it('a worker that is killed under load costs its own requests only', { timeout: 60_000 }, async () => {
  const running = await startTalking();
  const pids = (await running.workers()).map(({ pid }) => pid);
  const [victim] = pids;
  const kept = keepAsking(running.port, 24);
  const fresh = keepConnecting(running.port, 6);
  const answered = (): number => kept.tally.answered + fresh.tally.answered;
  await until(() => answered() > 1000);
  process.kill(victim!, 'SIGKILL');
  const before = answered();
  await until(async () => (await running.workers()).every(({ state }) => state === 'ready'));
  await until(() => answered() > before + 1000);
  await Promise.all([kept.stop(), fresh.stop()]);
  // Whoever had been answered before knows by whom: a kept connection that lost a request was one of the killed worker.
  for (const pid of kept.tally.servedBy) expect(pid).toBe(victim);
  // At most one request was under way for each client, and only those of one worker are gone.
  expect(kept.tally.lost).toBeLessThan(24);
  expect(fresh.tally.lost).toBeLessThanOrEqual(6);
  for (const { tally } of [kept, fresh]) expect(tally).toMatchObject({ refused: 0, failed: 0 });
  const after = await running.workers();
  expect(after.map(({ restarts }) => restarts)).toEqual([1, 0, 0]);
  expect(after.slice(1).map(({ pid }) => pid)).toEqual(pids.slice(1));
});
