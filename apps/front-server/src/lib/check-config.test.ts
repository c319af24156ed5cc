import { describe, expect, it } from 'vitest';
import { checkConfig } from './start-front-server.ts';

async function check(route: string, top = ''): Promise<string[]> {
  const text = `${top}\nsites: { a: { routes: [{ path: /a, ${route} }] } }`;
  const problems = await checkConfig({ file: '/etc/windhover.yaml', text });
  return problems.map(({ path, message }) => `${path.replace('sites.a.routes[0].', '')}: ${message}`);
}

const ok = 'respond: {}';
const tlsUpstream = 'upstreams over TLS (`https://`) are not supported yet, expected `http://` or `unix:`';
const upstream = 'expected `http://host:port` or `unix:/path/to.socket`, without path and credentials';

describe('checkConfig()', () => {
  it.each([
    'respond: { status: 204 }',
    'respond: { status: 301, headers: { Location: /b } }',
    'respond: { body: x, headers: { set-cookie: [a=1, b=2] } }',
    'proxy: { to: "http://127.0.0.1:3000" }',
    'proxy: { to: ["http://a:1", "unix:/run/a.sock"], stripPrefix: true, host: upstream, headTimeoutMs: null }',
    'static: { root: /, index: [], cacheControl: null, types: { glb: model/gltf-binary } }',
  ])('accepts %s', async (route) => {
    expect(await check(route)).toEqual([]);
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
    ['proxy: { to: ["http://a:1", "https://b"] }', `proxy.to[1]: ${tlsUpstream}, found "https://b"`],
    ['proxy: { to: localhost }', `proxy.to: ${upstream}, found "localhost"`],
    ['proxy: { to: 3000 }', 'proxy.to: expected a text or a list, found 3000'],
    ['proxy: { to: "http://a", host: server }', 'proxy.host: expected `client` or `upstream`, found "server"'],
    [
      'static: { root: /no/such }',
      'static.root: expected a folder that exists (looked for /no/such), found "/no/such"',
    ],
    ['static: { root: ./no }', 'static.root: expected a folder that exists (looked for /etc/no), found "./no"'],
  ])('refuses %s', async (route, problem) => {
    expect(await check(route)).toEqual([problem]);
  });

  it.each([
    ['limits: { maxRequestBodyBytes: null, keepAliveTimeoutMs: 1000 }', []],
    [
      'limits: { keepAliveTimeout: 5 }',
      [expect.stringMatching(/^limits\.keepAliveTimeout: expected `maxRequestLineBytes`, /)],
    ],
    ['limits: { rateGraceMs: null }', ['limits.rateGraceMs: expected a whole number, 1 or more, found nothing']],
    ['accessLog: file', ['accessLog: expected `console` or `off`, found "file"']],
  ])('checks the section %s', async (top, problems) => {
    expect(await check(ok, top)).toEqual(problems);
  });

  it('says of what people will look for that it is not built yet', async () => {
    const top = 'workers: 2\nupstreams: {}\nlisten: [{ port: 443, tls: true }]';
    expect(await check('compress: true, proxy: { to: "http://a", health: {} }', top)).toEqual([
      'workers: `workers` is not built yet',
      'upstreams: `upstreams` is not built yet',
      'listen[0]: expected a port or an address as a text (options of a listener, for TLS for instance, are not built yet), found a map',
      'compress: `compress` is not built yet',
      'proxy.health: `health` is not built yet',
    ]);
  });

  it('refuses the same address twice', async () => {
    expect(await check(ok, 'listen: [8080, "127.0.0.1:81", "*:8080"]')).toEqual([
      'listen[2]: expected every address once, found "*:8080"',
    ]);
  });
});
