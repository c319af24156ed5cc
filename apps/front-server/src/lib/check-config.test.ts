import type { Problem, Source } from '@windhover/config';
import { describe, expect, it } from 'vitest';
import { inspectConfig } from './inspect-config.ts';

function problemsOf(source: Source): Promise<readonly Problem[]> {
  return inspectConfig(source, (loaded) => (loaded.ok ? [] : loaded.problems));
}

const shop = 'upstreams: { shop: { to: "http://a" } }';

async function check(route: string, top = ''): Promise<string[]> {
  const text = `${top}\nsites: { a: { routes: [{ path: /a, ${route} }] } }`;
  const problems = await problemsOf({ file: '/etc/windhover.yaml', text });
  return problems.map(({ path, message }) => `${path.replace('sites.a.routes[0].', '')}: ${message}`);
}

const ok = 'respond: {}';
const logTarget =
  'expected `console`, `off`, a file such as `./logs/access.log`, or a syslog server such as `syslog://127.0.0.1:514`';
const duration = 'a duration such as `30s`, `5m` or a number of milliseconds, 1ms or more';
const upstream =
  'expected `http://host:port`, `https://host:port` or `unix:/path/to.socket`, without path and credentials';

describe('checkConfig()', () => {
  it.each([
    ['timeout: 10', 'timeout', '10s'],
    ['timeout: { total: 999 }', 'timeout.total', '999s'],
    ['proxy: { to: "http://a", timeout: 30 }', 'proxy.timeout', '30s'],
  ])('takes %s for seconds, and asks for the unit', async (route, path, suggestion) => {
    const both = route.startsWith('proxy') ? route : `${route}, respond: 200`;
    const text = `sites: { a: { routes: [{ path: /a, ${both} }] } }`;
    const [problem] = await problemsOf({ file: '/etc/windhover.yaml', text });
    expect(problem).toMatchObject({ path: `sites.a.routes[0].${path}`, suggestion });
    expect(problem!.message).toContain(
      'expected a unit, as in `10s` or `10ms`, since a number alone means milliseconds',
    );
  });

  it.each(['localhost:3000', '10.0.0.5:80', 'app:3000/'])('says how the upstream %s is written', async (written) => {
    const text = `sites: { a: { routes: [{ path: /a, proxy: "${written}" }] } }`;
    const [problem] = await problemsOf({ file: '/etc/windhover.yaml', text });
    expect(problem).toMatchObject({ suggestion: `http://${written}` });
  });

  it.each([
    'respond: { status: 204 }',
    'timeout: 20ms, respond: 200',
    'timeout: { start: 20ms }, respond: 200',
    'compress: { flush: 20ms }, respond: 200',
    'cors: { origins: "*", maxAge: 500ms }, respond: 200',
    'hsts: 500ms, respond: 200',
    'respond: { status: 301, headers: { Location: /b } }',
    'respond: { body: x, headers: { set-cookie: [a=1, b=2] } }',
    'proxy: { to: "http://127.0.0.1:3000" }',
    'proxy: { to: ["http://a:1", "unix:/run/a.sock"], stripPrefix: true, host: upstream, timeout: null, rest: 10s, keepBody: 64KiB }',
    'proxy: "http://127.0.0.1:3000"',
    'proxy: ["http://a:1", "http://b:1"]',
    'proxy: shop',
    'respond: 404',
    'respond: hello',
    'static: /',
    'requestId: true, respond: hello',
    'errorPages: false, respond: hello',
    'static: { root: /, index: [], cacheControl: null, types: { glb: model/gltf-binary } }',
  ])('accepts %s', async (route) => {
    expect(await check(route, shop)).toEqual([]);
  });

  it.each([
    ['respond: { status: 204, body: x }', 'respond.body: expected no body with the status 204, found "x"'],
    ['respond: { status: 302 }', 'respond.status: expected a `location` among the headers of a redirect, found 302'],
    ['respond: { status: 101 }', 'respond.status: expected a whole number from 200 to 599, found 101'],
    [
      'respond: { headers: { Content-Length: "5" } }',
      'respond.headers.Content-Length: expected a header that a handler may set, in characters that can be sent, found "5"',
    ],
    ['proxy: { to: [] }', 'proxy.to: expected a list with 1 or more entries, found an empty list'],
    ['proxy: { to: ["http://a:1", "ftp://b"] }', `proxy.to[1]: ${upstream}, found "ftp://b"`],
    ['proxy: { to: localhost:3000 }', `proxy.to: ${upstream}, found "localhost:3000"`],
    [
      'proxy: { to: sop }',
      'proxy.to: expected an upstream that is defined under `upstreams`, which stands nowhere, found "sop"',
    ],
    ['proxy: { to: 3000 }', 'proxy.to: expected the name or address of an upstream or a list, found 3000'],
    [
      'proxy: { to: "http://a", host: server }',
      'proxy.host: expected `client`, `upstream` or a host such as `shop.internal`, found "server"',
    ],
    [
      'static: { root: /no/such }',
      'static.root: expected a folder that exists (looked for /no/such), found "/no/such"',
    ],
    ['static: { root: ./no }', 'static.root: expected a folder that exists (looked for /etc/no), found "./no"'],
  ])('refuses %s', async (route, problem) => {
    expect(await check(route)).toEqual([problem]);
  });

  it.each([
    ['limits: { requestBody: null, keepAlive: 75s, headers: 32KiB, requestRate: 1KB/s }', []],
    ['limits: { keepAlives: 5 }', ['limits.keepAlives: expected a key that exists here, found `keepAlives`']],
    ['limits: { requestGrace: null }', [`limits.requestGrace: expected ${duration}, found nothing`]],
    ['limits: { keepAlive: 5 min }', [`limits.keepAlive: expected ${duration}, found "5 min"`]],
    [
      'trustedProxies: [10.0.0.0/33]',
      [expect.stringMatching(/^trustedProxies\[0\]: expected an address, a network or a preset/)],
    ],
    ['trustedProxies: [loopback, 10.0.0.0/8]', []],
    ['errorPages: ./none', ['errorPages: expected a folder with pages (ENOENT at /etc/none), found "./none"']],
    ['accessLog: /tmp/windhover/access.log', []],
    ['accessLog: consle', [`accessLog: ${logTarget}, found "consle"`]],
    [
      'accessLog: { to: off, format: combind }',
      [
        'accessLog.format: expected combined, common, json, w3c, console, or a text with names in braces, found "combind"',
      ],
    ],
  ])('checks the section %s', async (top, problems) => {
    expect(await check(ok, top)).toEqual(problems);
  });

  it('says of what people will look for that it is not built yet', async () => {
    expect(await check('basicAuth: true, proxy: { to: "http://a", basicAuth: {} }')).toEqual([
      'basicAuth: `basicAuth` is not built yet',
      'proxy.basicAuth: `basicAuth` is not built yet',
    ]);
  });

  it('leads from the words of other servers to ours', async () => {
    const problems = await problemsOf({
      file: '/etc/windhover.yaml',
      text: 'port: 80\nsites: { a: { server_name: x, routes: [{ path: /, proxy_pass: "http://a" }] } }',
    });
    expect(problems.map(({ suggestion }) => suggestion)).toEqual(['listen', 'hosts', 'proxy']);
  });

  it.each([
    ['', 'cache: off, respond: hi', 'cache', 'false'],
    ['', 'compress: no, respond: hi', 'compress', 'false'],
    ['accessLog: no', 'respond: hi', 'accessLog', 'off'],
    ['', 'proxy: { to: "https://a", tls: { verify: false } }', 'proxy.tls.verify', 'insecure-no-verification'],
    ['ftp: [{ root: /, anonymous: true, tls: off }]', 'respond: hi', 'ftp[0].tls', 'none'],
    ['apps: { a: { command: "node server.js" } }', 'respond: hi', 'apps.a.command', '[node, server.js]'],
    ['upstreams: { a: { to: "http://a", http2: true } }', 'proxy: a', 'upstreams.a.http2', 'protocol'],
    ['listen: [{ port: 1, http2: h2 }]', 'respond: hi', 'listen[0].http2', 'alpn'],
  ])('guesses what %s %s means', async (top, route, path, suggestion) => {
    const text = `${top}\nsites: { a: { routes: [{ path: /a, ${route} }] } }`;
    const problems = await problemsOf({ file: '/etc/windhover.yaml', text });
    expect(problems).toMatchObject([
      { path: path.replace(/^(?=cache|compress|proxy)/, 'sites.a.routes[0].'), suggestion },
    ]);
  });

  it('says of resources in a list that they are a map', async () => {
    expect(await check('proxy: shop', 'upstreams: [{ name: shop, to: "http://a" }]')).toEqual([
      'upstreams: expected a map, found a list',
    ]);
  });

  it('refuses the same address twice', async () => {
    expect(await check(ok, 'listen: [8080, "127.0.0.1:81", "*:8080"]')).toEqual([
      'listen[2]: expected addresses that can be open at the same time, found "*:8080"',
    ]);
  });

  it('refuses a server of FTP at an address of `listen` or of another one, or without certificates', async () => {
    const ftp = (listen: string, tls = 'none') => `{ root: /, anonymous: true, tls: ${tls}, listen: ${listen} }`;
    const taken = 'expected an address that nothing else listens at, found';
    const top = `listen: [8080]\nftp: [${ftp('2121')}, ${ftp('"127.0.0.1:8080"')}, ${ftp('"127.0.0.1:2121"')}, ${ftp('2122')}]`;
    expect(await check(ok, top)).toEqual([
      `ftp[1].listen: ${taken} "127.0.0.1:8080"`,
      `ftp[2].listen: ${taken} "127.0.0.1:2121"`,
    ]);
    expect(await check(ok, `ftp: [${ftp('2121', 'required')}]`)).toEqual([
      expect.stringMatching(/^ftp\[0\]: expected a `certificate` here.*there are no certificates$/),
    ]);
  });
});
