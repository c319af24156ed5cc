import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHandler } from '@windhover/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, handlerOf } from './feature-fixtures.ts';
import { failedTests } from './tests.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'windhover-rules-'));
  writeFileSync(join(folder, 'moved.csv'), '/old.html,/new\n/gone/a,https://other.example/a,302\n');
  writeFileSync(join(folder, 'shops.txt'), 'de.example /de\n* /en\n');
  mkdirSync(join(folder, 'public'));
  writeFileSync(join(folder, 'public/there.txt'), 'there');
  mkdirSync(join(folder, 'public/folder'));
  writeFileSync(join(folder, 'public/folder/index.html'), 'a');
});
afterAll(() => rmSync(folder, { recursive: true }));

const pages =
  'sites: { a: { hosts: [shop.example, www.shop.example], routes: [{ path: /product, respond: product }, { path: /, respond: page }, { path: /shop, RULES, respond: shop }] } }';

async function run(top: string, url: string, route = 'methods: [GET]'): Promise<string> {
  const handler = await handlerOf(`${top}\n${pages.replace('RULES', route)}`);
  const result = await runHandler(handler, { url, headers: { Host: 'shop.example' } });
  return `${result.status} ${result.headers.get('location') ?? result.text()}`;
}

describe('redirect', () => {
  it.each([
    ['redirect: https', '/a?b', '308 https://shop.example/a?b'],
    ['redirect: { https: 8443 }', '/a', '308 https://shop.example:8443/a'],
    ['redirect: { https: { port: 8443, status: 307 } }', '/a', '307 https://shop.example:8443/a'],
    ['redirect: [www, lower-case]', '/A', '308 http://www.shop.example/A'],
    [
      'redirect: { https: true, host: www, lowerCase: true, trailingSlash: add }',
      '/A',
      '308 https://www.shop.example/a/',
    ],
    ['redirect: no-trailing-slash', '/a/', '308 /a'],
    ['redirect: { from: /a/*, to: /product/*, status: 301 }', '/a/b?c', '301 /product/b?c'],
    ['redirect: [no-www, { from: /a/:id, to: "/product?id=:id" }]', '/a/b', '307 /product?id=b'],
  ])('%s sends %s on: %s', async (top, url, expected) => {
    expect(await run(top, url)).toBe(expected);
  });

  it('sends pages on that a file names', async () => {
    const top = `redirect: { map: "${folder}/moved.csv" }`;
    expect(await run(top, '/old.html?a')).toBe('301 /new?a');
    expect(await run(top, '/gone/a')).toBe('302 https://other.example/a');
    expect(await run(top, '/other')).toBe('200 page');
  });

  it('takes upper case in what stands behind a redirect to lower case', async () => {
    writeFileSync(join(folder, 'iis.csv'), '/About.aspx,/about\n');
    const top = `redirect: [lower-case, { map: "${folder}/iis.csv" }, { from: /Team/*, to: /people/* }]`;
    expect(await run(top, '/about.aspx')).toBe('301 /about');
    expect(await run(top, '/team/x')).toBe('307 /people/x');
  });

  it('works on a route, and passes on what its rules do not match', async () => {
    const route = 'redirect: { from: /shop/old, to: /shop/new }';
    expect(await run('', '/shop/old', route)).toBe('307 /shop/new');
    expect(await run('', '/shop/x', route)).toBe('200 shop');
    expect(await run('', '/old', route)).toBe('200 page');
  });

  it('says of a wrong key only that it is wrong', async () => {
    for (const [redirect, key] of [
      ['[{ from: /a, to: /b, permanent: true }]', 'permanent'],
      ['{ map: /tmp/x.csv, keep: 1 }', 'keep'],
    ] as const) {
      const message = await run(`redirect: ${redirect}`, '/').catch((error: Error) => error.message);
      expect(message).toContain(`found \`${key}\``);
      expect(message).toContain('1 problem in');
    }
  });

  it.each([
    ['redirect: htps', /https/],
    ['redirect: { map: ./missing.csv }', /redirect\.map[\s\S]*xpected a file that can be read/],
    ['redirect: { from: /a, to: /b/:id }', /:id does not stand in/],
    ['redirect: { pattern: "(a)\\\\1", to: /b }', /back-reference/],
    ['redirect: { status: 301 }', /xpected one of/],
    ['redirect: [{ from: /a, to: /b }, { from: /b, to: /a }]', /never end: \/a → \/b → \/a/],
    ['redirect: { pattern: "^/a/(.*)$", to: /b/$1 }', /\$1 is how other servers write a value; expected `\{1\}`/],
    ['redirect: { from: /a, to: "https://$host/b" }', /expected `\{host\}`/],
    ['rewrite: [{ to: /b, when: [{ value: "%{HTTP_HOST}", is: a }] }]', /expected `\{HTTP_HOST\}`/],
  ])('refuses %s', async (top, why) => {
    await expect(run(top, '/')).rejects.toThrow(why);
  });
});

describe('rewrite', () => {
  it.each([
    ['rewrite: [{ from: /p/:id, to: "/product/:id" }]', '/p/5', '200 product'],
    ['rewrite: [{ from: /p, to: /q }, { from: /q, to: /product }]', '/p', '200 product'],
    ['rewrite: [{ from: /p, respond: 410 }]', '/p', '410 '],
    ['rewrite: [{ from: /p, to: /x, status: 302 }]', '/p', '302 /x'],
    ['rewrite: { rules: [{ to: "{m:{path}}" }], maps: { m: { /a: /product, "*": /shop } } }', '/a', '200 product'],
    ['rewrite: { rules: [{ to: "{m:{path}}" }], maps: { m: { /a: /product, "*": /shop } } }', '/b', '200 shop'],
  ])('%s: %s gets %s', async (top, url, expected) => {
    expect(await run(top, url)).toBe(expected);
  });

  it('asks the disk, and reads maps from files', async () => {
    const top = `rewrite: { rules: [{ to: /product, when: [{ file: "${folder}/public", not: true }, { value: "{s:{host}}", is: /en }] }], maps: { s: "${folder}/shops.txt" } }`;
    expect(await run(top, '/there.txt')).toBe('200 page');
    expect(await run(top, '/missing.txt')).toBe('200 product');
  });

  it('runs on a route after it was chosen', async () => {
    const route = 'rewrite: [{ from: /shop/x, respond: 404 }, { from: /product, respond: 410 }]';
    expect(await run('', '/shop/x', route)).toBe('404 ');
    expect(await run('', '/product', route)).toBe('200 product');
  });

  it.each([
    ['rewrite: []', /rewrite/],
    ['rewrite: [{ from: /a }]', /expected to, respond, drop or set/],
    ['rewrite: [{ from: /a, to: /b, frm: 1 }]', /frm/],
    [`rewrite: { rules: [{ to: /a }], maps: { m: ./none.txt } }`, /maps\.m[\s\S]*xpected a file/],
  ])('refuses %s', async (top, why) => {
    await expect(run(top, '/')).rejects.toThrow(why);
  });
});

describe('outbound', () => {
  it('changes headers, links and texts', async () => {
    const route =
      'outbound: [{ header: X-From, find: backend, to: "{host}" }, { links: all, find: "http://backend", to: "" }, { find: NAME, to: shop }]';
    const handler = await handlerOf(
      `sites: { a: { hosts: [shop.example], routes: [{ path: /, ${route}, respond: { body: '<a href="http://backend/x">NAME', headers: { Content-Type: text/html, X-From: a backend } } }] } }`,
    );
    const result = await runHandler(handler, { url: '/', headers: { Host: 'shop.example' } });
    expect([result.text(), result.headers.get('x-from')]).toEqual(['<a href="/x">shop', 'a shop.example']);
  });

  it.each([
    ['outbound: [{ header: X, to: y }]', /either `find` or `pattern`/],
    ['outbound: [{ find: x, to: "{hst}" }]', /hst/],
  ])('refuses %s', async (route, why) => {
    await expect(run('', '/', route)).rejects.toThrow(why);
  });
});

describe('tests', () => {
  const tested = async (tests: string, top = ''): Promise<string> => {
    const text = `${top}\n${pages.replace('RULES', 'methods: [GET]').replace('{ a: {', `{ a: { tests: [${tests}],`)}`;
    const config = await configOf(text);
    return failedTests(config)
      .map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join('\n');
  };
  const preflight = (origin: string): string => `headers: { Origin: "${origin}", Access-Control-Request-Method: GET }`;
  const rules =
    'redirect: [{ from: /old, to: /new, status: 301 }]\nrewrite: [{ from: /p/:id, to: "/product?id=:id" }, { from: /gone, respond: 410 }]';

  it.each([
    '{ request: "GET http://shop.example/p/5", expect: "/product?id=5" }',
    '{ request: "http://shop.example/p/5?a", expect: { url: "/product?id=5&a", site: a, route: /product } }',
    '{ request: "http://shop.example/old", expect: "301 /new" }',
    '{ request: "http://shop.example/old", expect: { location: /new } }',
    '{ request: "POST http://shop.example/gone", expect: 410 }',
    '{ request: "http://other.example/", expect: 421 }',
    '{ request: "POST http://shop.example/shop", expect: 405 }',
    '{ request: "GET http://shop.example/shop", expect: 200 }',
  ])('%s holds', async (test) => {
    expect(await tested(test, rules)).toBe('');
  });

  it.each([
    ['requestFilter: iis-defaults', '{ request: "GET http://shop.example/web.config", expect: 404 }'],
    ['requestFilter: { preset: iis-defaults, status: 403 }', '{ request: "http://shop.example/bin/a", expect: 403 }'],
    [
      'ipFilter: { deny: 192.0.2.1, answer: unauthorized }',
      `{ request: "http://shop.example/shop", client: 192.0.2.1, expect: 401 }`,
    ],
    [
      'auth: { apiKey: { keys: { ci: "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881" } } }',
      '{ request: "http://shop.example/shop", expect: 401 }',
    ],
    ['authorize: [{ deny: everyone }]', '{ request: "http://shop.example/shop", expect: 403 }'],
    ['allowedHosts: [other.example]', '{ request: "http://shop.example/shop", expect: 400 }'],
    [
      'cors: { origins: "https://a.example" }',
      `{ request: "OPTIONS http://shop.example/shop", ${preflight('https://a.example')}, expect: 204 }`,
    ],
    [
      'cors: { origins: "https://a.example" }',
      `{ request: "OPTIONS http://shop.example/shop", ${preflight('https://b.example')}, expect: 403 }`,
    ],
    [
      'websocket: { origins: same }',
      '{ request: "http://shop.example/shop", headers: { Connection: Upgrade, Upgrade: websocket, Origin: "https://evil.example" }, expect: 403 }',
    ],
    ['cache: { purge: true }', '{ request: "PURGE http://shop.example/product", client: 192.0.2.1, expect: 403 }'],
  ])('%s: the refusal %s holds', async (top, test) => {
    expect(await tested(test, top)).toBe('');
  });

  it('expects the status of files and folders', async () => {
    const tests =
      '{ request: "http://a/public/there.txt", expect: 200 }, { request: "http://a/public/folder", expect: 301 }';
    const site = `{ hosts: [a], tests: [${tests}], routes: [{ path: /, static: "${folder}" }] }`;
    const config = await configOf(`sites: { a: ${site} }`);
    expect(failedTests(config)).toEqual([]);
  });

  it.each([
    [
      '{ request: "http://shop.example/p/5", expect: "/product?id=6" }',
      'sites.a.tests.0.expect: expected of http://shop.example/p/5: url /product?id=6; found url /product?id=5',
    ],
    [
      '{ request: "http://shop.example/old", expect: "302 /new" }',
      'status 302; found status 301 (redirect: answers 301 to /new)',
    ],
    ['{ request: "http://shop.example/x", expect: "301 /y" }', 'found status 200, location none'],
    ['{ request: "GET a b", expect: 200 }', 'expected a request such as'],
  ])('%s fails: %s', async (test, why) => {
    expect(await tested(test, rules)).toContain(why);
  });
});
