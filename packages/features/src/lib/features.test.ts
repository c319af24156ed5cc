import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requestIdKey } from '@windhover/request-id';
import { runHandler } from '@windhover/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handlerOf } from './feature-fixtures.ts';
import { standardFeatures } from './standard-features.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'windhover-features-'));
  writeFileSync(join(folder, 'a.txt'), 'a file');
  writeFileSync(join(folder, '404.html'), '<p>nothing here');
});
afterAll(() => rmSync(folder, { recursive: true }));

const site = (...routes: string[]): string => `sites: { a: { routes: [${routes.join(', ')}] } }\n`;

it('all have their row in the README', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  for (const { name, phases } of standardFeatures)
    expect(readme).toMatch(new RegExp(`\\| \`${name}\` .*\\| ${phases.join(', ')} \\|`));
});

describe('static', () => {
  it('passes on requests for missing files, and answers 405 when no origin takes the method', async () => {
    const files = await handlerOf(site(`{ path: /, static: "${folder}" }`));
    expect((await runHandler(files, '/a.txt')).text()).toBe('a file');
    expect((await runHandler(files, '/b.txt')).status).toBe(404);
    expect((await runHandler(files, { url: '/b.txt', method: 'POST' })).status).toBe(405);
    const both = await handlerOf(site(`{ path: /, static: "${folder}", respond: from the application }`));
    expect((await runHandler(both, '/a.txt')).text()).toBe('a file');
    expect((await runHandler(both, '/b.txt')).text()).toBe('from the application');
    expect((await runHandler(both, { url: '/b.txt', method: 'POST' })).status).toBe(200);
  });

  it('refuses a fallback that is not there, since every page would be missing', async () => {
    const route = `{ path: /, static: { root: "${folder}", fallback: indx.html } }`;
    await expect(handlerOf(site(route))).rejects.toThrow(
      /static\.fallback[\s\S]*xpected a file of the folder, found none: there is no such file/,
    );
  });

  it('serves a single-page application with its compressed, immutable assets', async () => {
    mkdirSync(join(folder, 'dist/assets'), { recursive: true });
    writeFileSync(join(folder, 'dist/index.html'), 'the app');
    writeFileSync(join(folder, 'dist/assets/app-1.js'), 'script');
    writeFileSync(join(folder, 'dist/assets/app-1.js.br'), 'brotli');
    const options = `root: "${folder}/dist", fallback: index.html, cacheControl: { "assets/**": immutable }, precompressed: true`;
    const app = await handlerOf(site(`{ path: /app, static: { ${options} } }`));
    const page = await runHandler(app, { url: '/app/users/7', headers: { accept: 'text/html' } });
    expect([page.text(), page.headers.get('cache-control')]).toEqual(['the app', 'no-cache']);
    const script = await runHandler(app, { url: '/app/assets/app-1.js', headers: { 'accept-encoding': 'br' } });
    expect([script.text(), script.headers.get('content-encoding')]).toEqual(['brotli', 'br']);
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it('serves several folders, and folders mounted in them', async () => {
    for (const name of ['one', 'two', 'docs']) {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, `${name}.txt`), name);
    }
    const options = `root: ["${folder}/one", "${folder}/two"], mounts: { /docs: "${folder}/docs" }`;
    const files = await handlerOf(site(`{ path: /, static: { ${options} } }`));
    for (const [url, text] of [
      ['/one.txt', 'one'],
      ['/two.txt', 'two'],
      ['/docs/docs.txt', 'docs'],
    ] as const)
      expect((await runHandler(files, url)).text()).toBe(text);
  });

  it('shows folders, sends them as archives, and serves an archive in place', async () => {
    mkdirSync(join(folder, 'shown'), { recursive: true });
    writeFileSync(join(folder, 'shown/x.txt'), 'x');
    const shown = await handlerOf(
      site(
        `{ path: /, static: { root: "${folder}/shown", listing: true, zip: { maxSize: 1MB }, cache: { maxSize: 1MiB, check: 5s } } }`,
      ),
    );
    expect((await runHandler(shown, '/')).text()).toContain('href="./x.txt"');
    const zip = await runHandler(shown, '/?zip');
    expect(zip.headers.get('content-type')).toBe('application/zip');
    writeFileSync(join(folder, 'site.zip'), zip.body);
    const packed = await handlerOf(site(`{ path: /, static: "${folder}/site.zip" }`));
    expect((await runHandler(packed, '/x.txt')).text()).toBe('x');
  });

  it('says which folder is missing', async () => {
    const wrong = site(`{ path: /, static: { root: ["${folder}", "${folder}/none"] } }`);
    await expect(handlerOf(wrong)).rejects.toThrow(/root\[1\].*Expected a folder that exists/s);
    const mounts = site(`{ path: /, static: { root: "${folder}", mounts: { /a: "${folder}/none" } } }`);
    await expect(handlerOf(mounts)).rejects.toThrow(/mounts.*Expected a folder that exists/s);
  });
});

describe('respond', () => {
  it.each([
    ['404', 404, ''],
    ['hello', 200, 'hello'],
    ['{ status: 201, body: made }', 201, 'made'],
  ])('takes %s', async (options, status, text) => {
    const result = await runHandler(await handlerOf(site(`{ path: /, respond: ${options} }`)), '/');
    expect([result.status, result.status === 404 ? '' : result.text()]).toEqual([status, text]);
  });
});

describe('trustedProxies', () => {
  const text = (trusted: string): string =>
    `trustedProxies: ${trusted}\nsites:\n  a: { hosts: [a], routes: [{ path: /, respond: a }] }\n  b: { hosts: [b], routes: [{ path: /, respond: b }] }\n`;
  const forwarded = { url: '/', headers: { Host: 'a', 'X-Forwarded-Host': 'b', 'X-Forwarded-For': '10.0.0.1' } };

  it('decides which site a forwarded request is for', async () => {
    expect((await runHandler(await handlerOf(text('loopback')), forwarded)).text()).toBe('b');
    expect((await runHandler(await handlerOf(text('[10.0.0.0/8]')), forwarded)).text()).toBe('a');
  });

  it('decides which route of it too', async () => {
    const handler = await handlerOf(
      'trustedProxies: loopback\nsites: { s: { hosts: [pub, admin], routes: [{ path: /, hosts: admin, respond: admin }, { path: /, respond: pub }] } }',
    );
    const ask = async (Host: string, given: string) => {
      const headers = { Host, 'X-Forwarded-Host': given, 'X-Forwarded-For': '10.0.0.1' };
      return (await runHandler(handler, { url: '/', headers })).text();
    };
    expect(await ask('internal', 'admin')).toBe('admin');
    expect(await ask('admin', 'pub')).toBe('pub');
  });

  it('answers what it refuses with the error page of the site', async () => {
    const handler = await handlerOf(`errorPages: true\n${text('loopback')}`);
    const headers = { Host: 'a', 'X-Forwarded-For': 'no address', Accept: 'text/html' };
    const result = await runHandler(handler, { url: '/', headers });
    expect([result.status, result.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
  });
});

describe('requestId and errorPages', () => {
  it('show one id in the answer, on the page and in the context', async () => {
    const handler = await handlerOf(`requestId: true\nerrorPages: true\n${site('{ path: /a, respond: a }')}`);
    let seen: string | undefined;
    const result = await runHandler(
      async (context) => {
        await handler(context);
        seen = context.get(requestIdKey);
      },
      { url: '/b', headers: { Accept: 'text/html' } },
    );
    expect(seen).toMatch(/^[0-9a-f-]{36}$/);
    expect(result.headers.get('x-request-id')).toBe(seen);
    expect(result.text()).toContain(seen);
  });

  it('take pages from a folder, and are taken away by false', async () => {
    const handler = await handlerOf(
      `errorPages: "${folder}"\n${site('{ path: /a, respond: 404 }', '{ path: /b, errorPages: false, respond: 404 }')}`,
    );
    const html = { Accept: 'text/html' };
    expect((await runHandler(handler, { url: '/a', headers: html })).text()).toBe('<p>nothing here');
    expect((await runHandler(handler, { url: '/b', headers: html })).text()).not.toBe('<p>nothing here');
  });
});

describe('cors', () => {
  const preflight = {
    url: '/a',
    method: 'OPTIONS',
    headers: { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'PUT' },
  };

  it('answers preflights for a route that takes other methods alone', async () => {
    const handler = await handlerOf(
      site('{ path: /a, methods: [PUT], cors: { origins: "https://app.example.com", methods: [PUT] }, respond: a }'),
    );
    const result = await runHandler(handler, preflight);
    expect([result.status, result.headers.get('access-control-allow-methods')]).toEqual([204, 'PUT']);
  });

  it('reports each mistake at its place in the file', async () => {
    const text = site('{ path: /a, cors: { origins: "*", credentials: true }, respond: a }');
    await expect(handlerOf(text)).rejects.toThrow(/cors[\s\S]*name the origins/);
  });
});

describe('upstreams', () => {
  it('are checked where they stand, and found by name', async () => {
    await expect(handlerOf(`upstreams: { shop: "ftp://a" }\n${site('{ path: /, proxy: shop }')}`)).rejects.toThrow(
      /upstreams\.shop[\s\S]*Expected `http:\/\/host:port`/,
    );
    await handlerOf(`upstreams: { shop: "https://a" }\n${site('{ path: /, proxy: shop }')}`);
    await handlerOf(`upstreams: { shop: "http://127.0.0.1:1" }\n${site('{ path: /, proxy: shop }')}`);
  });
});

describe('hsts', () => {
  it('counts times with their unit, since the header counts in seconds', async () => {
    const sent = async (hsts: string) => {
      const handler = await handlerOf(site(`{ path: /, hsts: ${hsts}, respond: hello }`));
      return (await runHandler(handler, { scheme: 'https' })).headers.get('strict-transport-security');
    };
    expect(await sent('1d')).toBe('max-age=86400');
    expect(await sent('{ maxAge: 0 }')).toBe('max-age=0');
    await expect(sent('31536000')).rejects.toThrow(/a unit, as in `10s`[\s\S]*31536000s/);
  });
});
