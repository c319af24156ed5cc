import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDistributionServices,
  createSiteHandler,
  defineDistribution,
  formatProblems,
  loadConfig,
} from '@windhover/config';
import type { Handler, HttpContext } from '@windhover/core';
import type { Feature, WorkerBus } from '@windhover/core/feature';
import { createManualClock, runHandler } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { handlerOf } from '../src/lib/feature-fixtures.ts';
import { standardFeatures, standardResources } from '../src/lib/standard-features.ts';

const ignore = (): void => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Counts its answers, which are fresh for a minute. */
function countingOrigin(): Feature<unknown> {
  let count = 0;
  const run = ({ request, response }: HttpContext): void => {
    count += 1;
    response.headers.set('Cache-Control', 'max-age=60');
    response.headers.set('Surrogate-Key', request.path.slice(1, 2));
    response.body = `answer ${count}`;
  };
  return {
    name: 'origin',
    levels: ['route'],
    phases: ['origin'],
    combine: 'replace',
    schema: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
    create: () => ({ layers: [{ phase: 'origin', run }] }),
  };
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cache-stores-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

const route = (cache: string) => `sites: { a: { routes: [{ path: /, cache: ${cache}, origin: true }] } }\n`;

/** Buses of workers, which hear each other. */
function connectedBuses(): (owner: number) => WorkerBus {
  const listeners: { readonly owner: number; readonly topic: string; hear(message: unknown): void }[] = [];
  return (owner) => ({
    publish: (topic, message) => {
      for (const each of listeners)
        if (each.owner !== owner && each.topic === topic) each.hear(structuredClone(message));
    },
    subscribe: (topic, hear) => {
      listeners.push({ owner, topic, hear });
      return ignore;
    },
  });
}

async function startWorker(text: string, bus: WorkerBus, origin: Feature<unknown>): Promise<Handler<HttpContext>> {
  const definition = defineDistribution({ features: [...standardFeatures, origin], resources: standardResources });
  const services = createDistributionServices({ log, clock: createManualClock(), bus });
  const loaded = await loadConfig({ file: '/etc/windhover.yaml', text }, definition, services);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  await loaded.config.prepare();
  loaded.config.commit();
  return createSiteHandler(loaded.config);
}

describe('cache with a store', () => {
  it('goes on after a restart with what is on disk, by name and in place', async () => {
    const folder = await newFolder();
    const named = `caches: { files: { memory: 1MiB, disk: "${folder}", diskSize: 10MiB } }\n${route('{ store: files }')}`;
    const ask = async (handler: Handler<HttpContext>): Promise<string> => (await runHandler(handler, '/a')).text();
    const first = await handlerOf(named, undefined, [countingOrigin()]);
    expect([await ask(first), await ask(first)]).toEqual(['answer 1', 'answer 1']);
    await expect.poll(async () => (await readdir(folder)).length).toBe(2);
    const origin = countingOrigin();
    for (const text of [named, route(`{ store: { disk: "${folder}", memory: 0 } }`)]) {
      const again = await handlerOf(text, undefined, [origin]);
      const { headers } = await runHandler(again, '/a');
      expect(headers.get('cache-status')).toContain('Windhover; hit');
    }
  });

  it('shares one memory between routes that name it', async () => {
    const text = `caches: { all: { memory: 1MiB } }
sites: { a: { routes: [{ path: /a, cache: { store: all }, origin: true }, { path: /b, cache: { store: all, purge: { from: loopback } }, origin: true }] } }`;
    const handler = await handlerOf(text, undefined, [countingOrigin()]);
    for (const url of ['/a', '/b']) await runHandler(handler, url);
    const purged = await runHandler(handler, { url: '/b', method: 'PURGE', headers: { 'Surrogate-Key': 'a b' } });
    expect(purged.text()).toBe('{"purged":2}\n');
  });

  it('shares a folder between workers: a hit in one is a hit in the others, and a purge reaches all', async () => {
    const folder = await newFolder();
    const text = route(`{ store: { disk: "${folder}" }, purge: true }`);
    const [busOf, origin] = [connectedBuses(), countingOrigin()];
    const workers = [await startWorker(text, busOf(0), origin), await startWorker(text, busOf(1), origin)];
    const ask = async (worker: number, method = 'GET') =>
      (await runHandler(workers[worker]!, { url: '/a', method })).text();
    expect(await ask(0)).toBe('answer 1');
    await expect
      .poll(
        async () =>
          (await runHandler(workers[1]!, { url: '/a', headers: { 'Cache-Control': 'only-if-cached' } })).status,
      )
      .toBe(200);
    expect(await ask(1)).toBe('answer 1');
    expect(await ask(1, 'PURGE')).toBe('{"purged":1}\n');
    expect(await ask(0)).toBe('answer 2');
  });

  it('says that a folder cannot be used before anything is served', async () => {
    const file = join(await newFolder(), 'file');
    await writeFile(file, '');
    await expect(handlerOf(route(`{ store: { disk: "${file}" } }`), undefined, [countingOrigin()])).rejects.toThrow(
      `Expected a folder, found a file (${file})`,
    );
    await expect(
      handlerOf(route(`{ store: { disk: "${file}/below" } }`), undefined, [countingOrigin()]),
    ).rejects.toThrow('Expected a folder, found a file on the way to');
  });

  it.each([
    ['{ store: nowhere }', 'nowhere'],
    ['{ store: { diskSize: 1GiB } }', 'Expected the key `disk` beside it'],
    ['{ store: { disk: ./cache, diskSize: 100 } }', '1MiB or more: a number alone means bytes, so write a unit'],
    ['{ store: { memory: 0 } }', 'Expected more than 0, or one of the keys `disk` and `store`'],
    ['{ store: { storeSize: 1GiB } }', 'Expected the key `store` beside it'],
    ['{ store: { memory: 1MiB, onStoreError: local } }', 'Expected the key `store` beside it'],
    ['{ store: { disk: ./cache, store: shared } }', 'Expected it without the key `disk`'],
    ['{ store: { store: elsewhere } }', 'elsewhere'],
    ['{ store: { memory: 1MiB }, maxSize: 1MiB }', 'Expected it without `store`'],
    ['{ purge: { from: everywhere } }', 'Expected an address, a network or a preset'],
    ['{ purge: { token: short } }', 'purge'],
  ])('refuses %s', async (value, message) => {
    await expect(handlerOf(route(value), undefined, [countingOrigin()])).rejects.toThrow(message);
  });
});

describe('cache with purge', () => {
  const statusOf = async (
    purge: string,
    remoteAddress: string,
    headers: Record<string, string> = {},
    method = 'PURGE',
  ) => {
    const handler = await handlerOf(route(`{ purge: ${purge} }`), undefined, [countingOrigin()]);
    await runHandler(handler, '/a');
    const result = await runHandler(handler, { url: '/a', method, headers, connection: { remoteAddress } });
    return `${result.status} ${result.text().trim()}`.slice(0, 16);
  };
  const token = 'a token of some length';

  it.each([
    ['true', '127.0.0.1', {}, '200 {"purged":1}'],
    ['true', '192.0.2.1', {}, '403'],
    ['{ from: [192.0.2.0/24] }', '192.0.2.1', {}, '200 {"purged":1}'],
    ['{ from: [192.0.2.0/24] }', '127.0.0.1', {}, '403'],
    [`{ token: ${token} }`, '192.0.2.1', { Authorization: `Bearer ${token}` }, '200 {"purged":1}'],
    [`{ token: ${token} }`, '127.0.0.1', { Authorization: `Bearer ${token}.` }, '403'],
    [`{ token: ${token} }`, '127.0.0.1', {}, '403'],
    [`{ token: ${token}, from: loopback }`, '192.0.2.1', { Authorization: `Bearer ${token}` }, '403'],
  ])('%s answers a PURGE from %s with %o with %s', async (purge, address, headers, expected) => {
    expect((await statusOf(purge, address, headers)).startsWith(expected)).toBe(true);
  });

  it('takes another method', async () => {
    expect(await statusOf('{ method: BAN }', '127.0.0.1', {}, 'BAN')).toBe('200 {"purged":1}');
  });

  it('reaches all workers', async () => {
    const [busOf, origin] = [connectedBuses(), countingOrigin()];
    const text = route('{ purge: true }');
    const workers = [await startWorker(text, busOf(0), origin), await startWorker(text, busOf(1), origin)];
    const ask = async (worker: number, method = 'GET', url = '/a') =>
      (await runHandler(workers[worker]!, { url, method })).text();
    expect([await ask(0), await ask(1), await ask(1)]).toEqual(['answer 1', 'answer 2', 'answer 2']);
    await ask(0, 'PURGE', '/*');
    expect([await ask(1), await ask(0)]).toEqual(['answer 3', 'answer 4']);
  });
});
