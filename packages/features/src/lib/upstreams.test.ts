import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contextKey } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { handlerOf } from './feature-fixtures.ts';

async function start(listener: http.RequestListener): Promise<string> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const named = (name: string): Promise<string> => start((_request, response) => void response.end(name));
const site = 'sites: { a: { routes: [{ path: /, proxy: shop }] } }\n';

async function answers(upstream: string, count: number): Promise<string> {
  const handler = await handlerOf(`upstreams: { shop: ${upstream} }\n${site}`);
  let text = '';
  for (let round = 0; round < count; round++) text += (await runHandler(handler, '/')).text();
  return text;
}

describe('an upstream', () => {
  it('has servers with weights and a policy', async () => {
    const [a, b] = [await named('a'), await named('b')];
    expect(await answers(`{ to: [{ url: "${a}", weight: 2 }, "${b}"] }`, 6)).toBe('abaaba');
    expect(await answers(`{ to: ["${a}", "${b}"], balance: first }`, 3)).toBe('aaa');
    expect(await answers(`{ to: ["${a}", { url: "${b}", backup: true }], balance: least-requests }`, 3)).toBe('aaa');
  });

  it('keeps a client at one server, tries again elsewhere, and takes failing servers out', async () => {
    const [a, b] = [await named('a'), await named('b')];
    const bad = await start((_request, response) => void response.writeHead(503).end('no'));
    expect(await answers(`{ to: ["${bad}", "${b}"], retry: { attempts: 2, on: [connect, '503'] } }`, 2)).toBe('bb');
    expect(await answers(`{ to: ["${bad}", "${b}"], eject: { failures: 1, for: 30s } }`, 4)).toBe('nobbb');
    const handler = await handlerOf(`upstreams: { shop: { to: ["${a}", "${b}"], sticky: route } }\n${site}`);
    const first = await runHandler(handler, '/');
    const cookie = first.headers.get('set-cookie')!.split(';')[0]!;
    const again = await runHandler(handler, { url: '/', headers: { cookie } });
    expect(again.text()).toBe(first.text());
  });

  it('finds servers in a file, and by name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'windhover-upstreams-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'servers'), `${await named('a')}\n`);
    expect(await answers(`{ discover: { file: "${join(folder, 'servers')}" } }`, 2)).toBe('aa');
    const { port } = new URL(await named('b'));
    expect(await answers(`{ discover: { dns: 127.0.0.1, port: ${port} } }`, 1)).toBe('b');
  });

  it('is shared by all routes that name it', async () => {
    const [a, b] = [await named('a'), await named('b')];
    const routes = 'sites: { a: { routes: [{ path: /x, proxy: shop }, { path: /y, proxy: shop }] } }\n';
    const handler = await handlerOf(`upstreams: { shop: ["${a}", "${b}"] }\n${routes}`);
    expect((await runHandler(handler, '/x')).text()).toBe('a');
    let name = '';
    const second = await runHandler(async (context) => {
      await handler(context);
      name = context.get(contextKey<{ name: string }>('proxy.upstream'))!.name;
    }, '/y');
    expect([second.text(), name]).toEqual(['b', 'shop']);
  });

  it.each([
    ['{ to: "http://a", balance: fastest }', /balance/],
    ['{ to: "http://a", balance: { hash: client, boundedLoad: 0.5 } }', /boundedLoad/],
    ['{ to: "http://a", retry: { on: [never] } }', /retry\.on/],
    ['{ to: "http://a", sticky: {} }', /either cookie or header/],
    ['{ to: "https://a", tls: { ca: ./nowhere.pem } }', /expected a PEM file|Expected a PEM file/],
    ['{ to: "https://a", tls: { verify: false } }', /insecure-no-verification/],
    ['{ to: "http://a", rset: 3s }', /rest/],
    ['{ balance: first }', /the key `to`/],
    ['{ discover: { dns: a, file: b } }', /one of `dns`/],
  ])('says what is wrong with %s', async (upstream, message) => {
    await expect(handlerOf(`upstreams: { shop: ${upstream} }\n${site}`)).rejects.toThrow(message);
  });
});

describe('proxy', () => {
  it('changes headers, hides the origin and corrects redirects', async () => {
    const origin = await start((request, response) => {
      response.setHeader('Server', 'Secret/1');
      response.setHeader('Location', `http://${request.headers.host}/next`);
      response.setHeader('Set-Cookie', 'a=1; Domain=inner.example');
      response.end(String(request.headers['x-tenant']));
    });
    const route = `proxy: { to: "${origin}", host: upstream, stripPrefix: true, anonymous: true, via: front, requestHeaders: { set: { X-Tenant: t1 } }, responseHeaders: { set: { X-Frame-Options: DENY } }, cookies: { domain: { inner.example: null } } }`;
    const handler = await handlerOf(`sites: { a: { routes: [{ path: /app, ${route} }] } }`);
    const result = await runHandler(handler, { url: '/app/x', headers: { Host: 'shop.example' } });
    expect(result.text()).toBe('t1');
    expect(Object.fromEntries(result.headers)).toMatchObject({
      Location: 'http://shop.example/app/next',
      'X-Frame-Options': 'DENY',
      'Set-Cookie': 'a=1',
    });
    expect(result.headers.get('server')).toBeUndefined();
  });

  it.each([
    ['{ to: "http://a", requestHeaders: { set: { Content-Length: "1" } } }', /requestHeaders\.set/],
    ['{ to: "http://a", responseHeaders: { remove: ["a b"] } }', /responseHeaders\.remove/],
  ])('says what is wrong with %s', async (options, message) => {
    await expect(handlerOf(`sites: { a: { routes: [{ path: /, proxy: ${options} }] } }`)).rejects.toThrow(message);
  });

  it('has the servers of an upstream, with all of its keys, in place', async () => {
    const [a, b] = [await named('a'), await named('b')];
    const bad = await start((_request, response) => void response.writeHead(503).end('no'));
    const route = (options: string): string => `sites: { a: { routes: [{ path: /, proxy: { ${options} } }] } }`;
    const said = async (options: string, count = 3): Promise<string> => {
      const handler = await handlerOf(route(options));
      let text = '';
      for (let round = 0; round < count; round++) text += (await runHandler(handler, '/')).text();
      return text;
    };
    expect(await said(`to: [{ url: "${a}", weight: 2 }, "${b}"], stripPrefix: true`, 6)).toBe('abaaba');
    expect(await said(`to: ["${a}", "${b}"], balance: first`)).toBe('aaa');
    expect(await said(`to: ["${bad}", "${b}"], retry: { on: 503 }`)).toBe('bbb');
    expect(await said(`discover: { dns: 127.0.0.1, port: ${new URL(a).port} }`)).toBe('aaa');
    await expect(handlerOf(route('stripPrefix: true'))).rejects.toThrow(/the key `to`, or `discover`/);
    await expect(handlerOf(route(`to: ["${a}"], blance: first`))).rejects.toThrow(/Did you mean `balance`/);
  });

  it('begins the checks of servers that stand in it', async () => {
    let checks = 0;
    const origin = await start((request, response) => {
      if (request.url === '/healthz') checks += 1;
      response.end('a');
    });
    const options = `{ to: ["${origin}"], health: /healthz }`;
    await handlerOf(`sites: { a: { routes: [{ path: /, proxy: ${options} }] } }`);
    await expect.poll(() => checks).toBe(1);
    await handlerOf(`sites: { a: { routes: [{ path: /, mirror: { proxy: ${options} }, respond: 204 }] } }`);
    await expect.poll(() => checks).toBe(2);
  });

  it('sends a fixed Host, and refuses one that is probably a misspelt word', async () => {
    const origin = await start((request, response) => void response.end(request.headers.host));
    const route = (host: string): string =>
      `sites: { a: { routes: [{ path: /, proxy: { to: "${origin}", host: ${host} } }] } }`;
    const ask = async (host: string): Promise<string> =>
      (await runHandler(await handlerOf(route(host)), { url: '/', headers: { Host: 'a.example' } })).text();
    expect(await ask('shop.internal')).toBe('shop.internal');
    expect(await ask('upstream')).toBe(new URL(origin).host);
    expect(await ask('client')).toBe('a.example');
    await expect(handlerOf(route('upstraem'))).rejects.toThrow(/Did you mean `upstream`/);
    await expect(handlerOf(route('"a.example/x"'))).rejects.toThrow(/or a host such as `shop.internal`/);
  });

  it('has `balance` and the like at the upstream, when it names one', async () => {
    const text =
      'upstreams: { shop: "http://a" }\nsites: { a: { routes: [{ path: /, proxy: { to: shop, balance: first } }] } }';
    await expect(handlerOf(text)).rejects.toThrow(/at the upstream `shop`/);
  });

  it('has `rest` at the upstream, when it names one', async () => {
    const text =
      'upstreams: { shop: "http://a" }\nsites: { a: { routes: [{ path: /, proxy: { to: shop, rest: 1s } }] } }';
    await expect(handlerOf(text)).rejects.toThrow(/at the upstream `shop`/);
  });
});

it('takes one status, reason or method without a list', async () => {
  const bad = await start((_request, response) => void response.writeHead(503).end('no'));
  const good = await named('b');
  const options = 'retry: { on: 503, methods: POST }, health: { status: 2xx }';
  expect(await answers(`{ to: ["${bad}", "${good}"], ${options} }`, 2)).toBe('bb');
});

it.each([
  ['retry: { on: [conect] }', 'or a status from 100 to 599, found "conect"'],
  ['retry: { on: [999] }', 'or a status from 100 to 599, found 999'],
  ['retry: { on: 999 }', 'or a status from 100 to 599, found 999'],
  ['retry: { methods: ["GET POST"] }', 'xpected a name without spaces and separators, found "GET POST"'],
  ['blance: first', 'found `blance`. Did you mean `balance`?'],
  ['balance: { hsh: client }', 'xpected `hash` or `boundedLoad`, found `hsh`. Did you mean `hash`?'],
  ['balance: { hash: { cookie: "a;b" } }', 'xpected a name without spaces and separators, found "a;b"'],
  ['balance: { hash: client, boundedLoad: 1 }', 'xpected a number above 1, found 1'],
  ['sticky: "a; Domain=b"', 'xpected a name without spaces and separators, found "a; Domain=b"'],
  ['health: { path: healthz }', 'xpected a path that begins with `/`'],
  ['health: { path: "/a b" }', 'xpected a path that begins with `/`, without spaces, found "/a b"'],
  ['health: { status: [9xx] }', 'xpected a status from 100 to 599, or a class such as `2xx`, found "9xx"'],
  ['health: { status: 99 }', 'or a class such as `2xx`, found 99'],
])('says what is expected of %s', async (options, message) => {
  const text = `upstreams: { a: { to: "http://127.0.0.1:1", ${options} } }\nsites: { s: { routes: [{ path: /, proxy: a }] } }`;
  await expect(handlerOf(text)).rejects.toThrow(message);
});

describe('a warm-up', () => {
  it('shows the splash page of the route to GET until a server has answered', async () => {
    const held: http.ServerResponse[] = [];
    const cold = await start((request, response) => {
      if (request.url === '/warm') held.push(response);
      else response.end('served');
    });
    const folder = await mkdtemp(join(tmpdir(), 'splash-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const splash = join(folder, 'wait.html');
    await writeFile(splash, '<p>One moment');
    const handler = await handlerOf(
      `upstreams: { shop: { to: "${cold}", warmUp: /warm } }\nsites: { a: { routes: [{ path: /, proxy: { to: shop, splash: "${splash}" } }] } }\n`,
    );
    const page = await runHandler(handler, '/');
    expect([page.status, page.text(), page.headers.get('retry-after')]).toEqual([503, '<p>One moment', '5']);
    expect((await runHandler(handler, { url: '/', method: 'POST' })).text()).toBe('served');
    await expect.poll(() => held.length).toBe(1);
    held[0]!.end();
    await expect.poll(async () => (await runHandler(handler, '/')).text()).toBe('served');
  });

  it('is refused with a page or a path that does not work', async () => {
    const route = 'sites: { a: { routes: [{ path: /, proxy: { to: shop, splash: /none/such.html } }] } }\n';
    await expect(handlerOf(`upstreams: { shop: "http://a" }\n${route}`)).rejects.toThrow(/splash[\s\S]*ENOENT/);
    await expect(handlerOf(`upstreams: { shop: { to: "http://a", warmUp: warm } }\n${site}`)).rejects.toThrow(
      /a path that begins with \//,
    );
  });
});
