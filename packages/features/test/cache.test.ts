import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { toConnect } from '@windhover/adapter-connect';
import { cache } from '@windhover/cache';
import {
  createDistributionServices,
  createSiteHandler,
  defineDistribution,
  formatProblems,
  loadConfig,
} from '@windhover/config';
import type { HttpContext } from '@windhover/core';
import type { Feature, WorkerBus } from '@windhover/core/feature';
import { createServer as createWindhover } from '@windhover/server';
import { createManualClock, runHandler } from '@windhover/testing';
import express from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { handlerOf } from '../src/lib/feature-fixtures.ts';
import { standardFeatures, standardResources } from '../src/lib/standard-features.ts';
import { startNginx } from './real-origins.ts';

const ignore = (): void => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const text = 'The quick brown fox jumps over the lazy dog. '.repeat(200);

function originOf(run: (context: HttpContext) => void | Promise<void>): Feature<unknown> {
  return {
    name: 'origin',
    levels: ['route'],
    phases: ['origin'],
    combine: 'replace',
    schema: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
    create: () => ({ layers: [{ phase: 'origin', run }] }),
  };
}

describe('cache outside of compress', () => {
  it('keeps the compressed answer for each coding, with ranges and validators of the compressed bytes', async () => {
    let asked = 0;
    const page = originOf(({ response }) => {
      asked += 1;
      response.headers.assign({ 'Content-Type': 'text/html', 'Cache-Control': 'max-age=60', ETag: '"page"' });
      response.body = text;
    });
    const handler = await handlerOf(
      'compress: true\ncache: true\nsites: { a: { routes: [{ path: /, origin: true }] } }',
      undefined,
      [page],
    );
    const ask = (headers: Record<string, string> = {}) => runHandler(handler, { headers });
    const first = await ask({ 'Accept-Encoding': 'gzip, br' });
    const second = await ask({ 'Accept-Encoding': 'br;q=0.9, gzip' });
    expect([second.headers.get('content-encoding'), second.headers.get('etag')]).toEqual(['br', 'W/"page"']);
    expect(second.headers.get('cache-status')).toContain('hit');
    expect(Buffer.from(second.body).equals(Buffer.from(first.body))).toBe(true);
    expect(brotliDecompressSync(second.body).toString()).toBe(text);
    const part = await ask({ 'Accept-Encoding': 'gzip, br', Range: 'bytes=5-9' });
    expect([part.status, Buffer.from(part.body)]).toEqual([206, Buffer.from(first.body).subarray(5, 10)]);
    expect((await ask({ 'Accept-Encoding': 'gzip, br', 'If-None-Match': 'W/"page"' })).status).toBe(304);
    expect([(await ask()).text(), (await ask({ 'Accept-Encoding': 'identity' })).text(), asked]).toEqual([
      text,
      text,
      2,
    ]);
  });
});

describe('cache in Express', () => {
  it('answers from what an application sent, and asks it once for all who wait', async () => {
    const app = express();
    let asked = 0;
    let release = ignore;
    const isReleased = new Promise<void>((resolve) => {
      release = resolve;
    });
    app.set('etag', false);
    app.use(toConnect(cache(), { log }));
    app.get('/page', async (_request, response) => {
      asked += 1;
      if (asked === 1) setImmediate(release);
      await isReleased;
      response.set('Cache-Control', 'max-age=60').send(`answer ${asked}`);
    });
    app.get('/mine', (_request, response) => void response.set('Cache-Control', 'private').send(`mine ${++asked}`));
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const texts = await Promise.all(Array.from({ length: 5 }, async () => (await fetch(`${url}/page`)).text()));
    expect(new Set(texts)).toEqual(new Set(['answer 1']));
    const hit = await fetch(`${url}/page`, { headers: { Range: 'bytes=0-2' } });
    expect([hit.status, await hit.text(), asked]).toEqual([206, 'ans', 1]);
    expect([await (await fetch(`${url}/mine`)).text(), await (await fetch(`${url}/mine`)).text()]).toEqual([
      'mine 2',
      'mine 3',
    ]);
  });
});

describe('cache before an Express application', () => {
  it('stores what it allows, and validates with the tags that Express makes', async () => {
    const app = express();
    let asked = 0;
    app.get('/page', (_request, response) => {
      asked += 1;
      response.set('Cache-Control', 'max-age=10').send('the page');
    });
    app.get('/mine', (_request, response) => {
      asked += 1;
      response.cookie('session', String(asked)).set('Cache-Control', 'max-age=10').send(`mine ${asked}`);
    });
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const clock = createManualClock({ now: Date.now() });
    const upstream = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = `sites: { a: { routes: [{ path: /, cache: true, proxy: "${upstream}" }] } }`;
    const handler = await handlerOf(config, clock);
    const ask = async (url: string, headers = {}) => {
      const answer = await runHandler(handler, { url, headers, now: () => clock.now() });
      return [answer.status, answer.text(), answer.headers.get('cache-status')?.split(';')[1]?.trim()];
    };
    expect(await ask('/page')).toEqual([200, 'the page', 'fwd=uri-miss']);
    expect(await ask('/page')).toEqual([200, 'the page', 'hit']);
    clock.advance(11_000);
    const validated = await runHandler(handler, { url: '/page', now: () => clock.now() });
    expect(validated.headers.get('cache-status')).toBe('Windhover; fwd=stale; fwd-status=304');
    expect([validated.text(), asked]).toEqual(['the page', 2]);
    expect((await ask('/mine'))[1]).toBe('mine 3'); // it sets a cookie, so it is for one client
    expect((await ask('/mine'))[1]).toBe('mine 4');
  });
});

describe.skipIf(!hasPeer('nginx'))('cache before the real nginx', () => {
  it('stores files, answers ranges and conditions, and follows a change', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cache-nginx-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = Buffer.alloc(300_000, 'abcdefghij');
    await writeFile(join(folder, 'file.bin'), file);
    const port = await startNginx(folder);
    const clock = createManualClock({ now: Date.now() });
    const handler = await handlerOf(
      `sites: { a: { routes: [{ path: /, cache: { ttl: 10s }, proxy: "http://127.0.0.1:${port}" }] } }`,
      clock,
    );
    const server = createWindhover(handler);
    const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => server.close());
    const ask = (headers: Record<string, string> = {}) => fetch(`http://${name}/file.bin`, { headers });
    const whole = await ask();
    expect(Buffer.from(await whole.arrayBuffer()).equals(file)).toBe(true);
    const part = await ask({ Range: 'bytes=-5' });
    expect([part.status, await part.text(), part.headers.get('cache-status')]).toEqual([
      206,
      'fghij',
      'Windhover; hit; ttl=10',
    ]);
    expect((await ask({ 'If-None-Match': whole.headers.get('etag')! })).status).toBe(304);
    clock.advance(11_000);
    const validated = await ask();
    expect(validated.headers.get('cache-status')).toBe('Windhover; fwd=stale; fwd-status=304');
    expect((await validated.arrayBuffer()).byteLength).toBe(300_000);
    await writeFile(join(folder, 'file.bin'), 'changed');
    clock.advance(11_000);
    expect(await (await ask()).text()).toBe('changed');
  });
});

describe('cache in several workers', () => {
  it('forgets a URL in all of them after an unsafe request', async () => {
    const listeners: { readonly owner: number; readonly topic: string; hear(message: unknown): void }[] = [];
    const busOf = (owner: number): WorkerBus => ({
      publish: (topic, message) => {
        for (const each of listeners)
          if (each.owner !== owner && each.topic === topic) each.hear(structuredClone(message));
      },
      subscribe: (topic, hear) => {
        listeners.push({ owner, topic, hear });
        return ignore;
      },
    });
    let count = 0;
    const origin = originOf(({ request, response }) => {
      count += 1;
      if (request.method === 'GET') response.headers.set('Cache-Control', 'max-age=60');
      response.body = `answer ${count}`;
    });
    const workers = await Promise.all([0, 1].map((owner) => startWorker(busOf(owner), origin)));
    const ask = async (worker: number, method = 'GET') =>
      (await runHandler(workers[worker]!, { url: '/a', method })).text();
    expect([await ask(0), await ask(1), await ask(1)]).toEqual(['answer 1', 'answer 2', 'answer 2']);
    await ask(0, 'DELETE');
    expect(await ask(1)).toBe('answer 4');
  });
});

async function startWorker(bus: WorkerBus, origin: Feature<unknown>) {
  const definition = defineDistribution({ features: [...standardFeatures, origin], resources: standardResources });
  const services = createDistributionServices({ log, clock: createManualClock(), bus });
  const config = 'sites: { a: { routes: [{ path: /, cache: true, origin: true }] } }';
  const loaded = await loadConfig({ file: '/etc/windhover.yaml', text: config }, definition, services);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  await loaded.config.prepare();
  loaded.config.commit();
  return createSiteHandler(loaded.config);
}
