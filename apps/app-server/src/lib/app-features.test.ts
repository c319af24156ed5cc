import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpContext } from '@windhover/core';
import { type RunInit, type RunResult, runHandler } from '@windhover/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppFeatures } from './app-features.ts';
import { readSettings } from './read-settings.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'app-features-'));
  await writeFile(join(folder, 'a.txt'), 'a file');
  await writeFile(join(folder, '404.html'), '<p>nothing here');
  await writeFile(
    join(folder, 'plugin.mjs'),
    `const validate = (value) => ({ value });
     export default {
       name: 'stamp', levels: ['route'], phases: ['edge'], combine: 'replace',
       schema: { '~standard': { version: 1, vendor: 'test', validate } },
       create: (text, { log }) => ({
         layers: [{ phase: 'edge', run: (context, next) => {
           context.response.headers.set('X-Stamp', text);
           log.info('stamped');
           return next(context);
         } }],
         prepare: () => { globalThis.stamps = ['prepare']; },
         commit: () => { globalThis.stamps.push('commit'); },
         dispose: () => { globalThis.stamps.push('dispose'); },
       }),
     };`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

/** Says who asks for what, and knows nothing of `/none`. */
const application = ({ client, request, response }: HttpContext): void => {
  if (request.path === '/none') response.status = 404;
  else response.body = `${request.method} ${request.path} for ${client.address} ${client.scheme}`;
};

interface Started {
  ask(request: string | RunInit): Promise<RunResult>;
  readonly lines: string[];
  readonly handler: unknown;
  readonly features: AppFeatures;
}

/** The features of a file in the folder, and of the arguments, around the application. */
async function start(text: string, ...args: string[]): Promise<Started> {
  const file = join(folder, 'app.yaml');
  await writeFile(file, text);
  const read = await readSettings(['app.mjs', '-c', file, ...args], {});
  if (read.kind !== 'settings') throw new Error(read.kind === 'misuse' ? read.message : read.kind);
  const lines: string[] = [];
  const say = (message: string): void => void lines.push(message);
  const log = { debug: say, info: say, warn: say, error: say };
  const features = read.features!;
  const logs = { log, writeAccess: say, accessFormat: 'json' as const };
  const { handler } = await features.start(application, logs);
  return { ask: (request) => runHandler(handler, request), lines, handler, features };
}

describe('the features of a configuration file', () => {
  it('add nothing to a request where there are none', async () => {
    expect((await start('port: 1\nlimits: { requestBody: 1MB }\n')).handler).toBe(application);
  });

  it('trustedProxies: believes a proxy about the client, and refuses nonsense with the other features around it', async () => {
    const forwarded = { url: '/', headers: { 'X-Forwarded-For': '10.0.0.1', 'X-Forwarded-Proto': 'https' } };
    const { ask, lines } = await start('trustedProxies: loopback\naccessLog: true\n');
    expect((await ask(forwarded)).text()).toBe('GET / for 10.0.0.1 https');
    expect((await ask({ url: '/', headers: { 'X-Forwarded-For': 'nonsense' } })).status).toBe(400);
    expect(lines.map((line) => (JSON.parse(line) as { status: number }).status)).toEqual([200, 400]);
    const other = await start('trustedProxies: { from: [192.0.2.1], headers: forwarded }\n');
    expect((await other.ask(forwarded)).text()).toBe('GET / for 127.0.0.1 http');
  });

  it('requestId and errorPages: an id for each request, and a page for what the application does not have', async () => {
    const { ask } = await start('requestId: true\nerrorPages: .\n');
    const result = await ask({ url: '/none', headers: { Accept: 'text/html' } });
    expect([result.status, result.text()]).toEqual([404, '<p>nothing here']);
    expect(result.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect((await ask('/a')).text()).toBe('GET /a for 127.0.0.1 http');
  });

  it('cors: answers preflights in place of the application', async () => {
    const { ask } = await start('cors: https://app.example\n');
    const headers = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' };
    const preflight = await ask({ url: '/a', method: 'OPTIONS', headers });
    expect([preflight.status, preflight.text()]).toEqual([204, '']);
    const answer = await ask({ url: '/a', headers });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(answer.text()).toContain('GET /a');
  });

  it('static: serves the files of a folder, and asks the application for everything else', async () => {
    const { ask } = await start('static: .\n');
    expect((await ask('/a.txt')).text()).toBe('a file');
    expect((await ask('/b.txt')).text()).toContain('GET /b.txt');
    expect((await ask({ url: '/a.txt', method: 'POST' })).text()).toContain('POST /a.txt');
    expect((await ask({ url: '/none', method: 'POST' })).status).toBe(404);
  });

  it('accessLog: a line for each request, in the format of the log', async () => {
    const { ask, lines } = await start('accessLog: console\n');
    await ask('/a');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ level: 'access', path: '/a' }]);
  });

  it('plugins: features of others, started and let go of', async () => {
    const { ask, lines, features } = await start('plugins: [./plugin.mjs]\nstamp: mine\n');
    expect((await ask('/a')).headers.get('x-stamp')).toBe('mine');
    expect(lines).toEqual(['stamped']);
    await features.dispose();
    expect(Reflect.get(globalThis, 'stamps')).toEqual(['prepare', 'commit', 'dispose']);
  });

  it('upstreams: resources are checked too', async () => {
    await expect(start('upstreams: { shop: "ftp://a" }\n')).rejects.toThrow(/upstreams\.shop[\s\S]*xpected `http:/);
  });
});

describe('flags', () => {
  it('stand in place of what the file says of a feature, and leave its other options', async () => {
    const text = 'static: { root: ./none, cacheControl: max-age=60 }\naccessLog: true\ntrustedProxies: loopback\n';
    const { ask, lines } = await start(text, '--static', folder, '--access-log=false', '--trust-proxy', 'none');
    const file = await ask({ url: '/a.txt', headers: { 'X-Forwarded-For': 'nonsense' } });
    expect([file.text(), file.headers.get('cache-control')]).toEqual(['a file', 'max-age=60']);
    expect(lines).toEqual([]);
  });

  it('do without a file', async () => {
    const read = await readSettings(['app.mjs', '--static', folder], {});
    expect(read).toMatchObject({ settings: { app: 'app.mjs', static: folder }, features: expect.anything() });
  });
});
