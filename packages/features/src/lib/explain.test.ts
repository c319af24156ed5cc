import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogSinks } from '@windhover/access-log';
import {
  createDistributionServices,
  defineDistribution,
  type ExplainedRequest,
  explainRequest,
  formatProblems,
  loadConfig,
} from '@windhover/config';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { accessLogFeature } from './access-log.ts';
import { standardFeatures, standardResources } from './standard-features.ts';

const ignore = (): void => undefined;

async function explain(route: string, request: Partial<ExplainedRequest> = {}, top = '') {
  const sinks = createLogSinks({ console: ignore });
  const definition = defineDistribution({
    features: [accessLogFeature(sinks), ...standardFeatures],
    resources: standardResources,
  });
  const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const text = `${top}\nsites: { a: { routes: [{ path: /a, ${route} }] } }`;
  const services = createDistributionServices({ log, clock: createManualClock() });
  const loaded = await loadConfig({ file: join(tmpdir(), 'windhover.yaml'), text }, definition, services);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  onTestFinished(() => loaded.config.dispose());
  const explained = explainRequest(loaded.config, { method: 'GET', url: '/a', ...request });
  const said = explained.layers.flatMap(({ feature, reasons }) =>
    reasons.map(({ decision, because }) => `${feature}: ${decision} (${because})`),
  );
  return { said, answer: explained.answer, client: explained.client.address };
}

const proxy = 'proxy: { to: [http://a:1, http://b:2], stripPrefix: true }';

describe('explain', () => {
  it('respond tells the answer', async () => {
    expect(await explain('respond: 404')).toMatchObject({
      said: ['respond: answers 404 (its answer is always the same)'],
      answer: 'respond: answers 404',
    });
  });

  it('requestFilter names the rule that matched', async () => {
    const filter = 'requestFilter: { preset: iis-defaults, verbs: { deny: [TRACE] } }';
    const refused = await explain('respond: a', { url: '/a/bin/x' }, filter);
    expect(refused.said[0]).toBe('requestFilter: answers 404 (404.8: hidden segment bin)');
    expect(refused.answer).toBe('requestFilter: answers 404');
    const letIn = await explain('respond: a', { url: '/a/b' }, filter);
    expect(letIn.said[0]).toBe('requestFilter: lets the request in (no rule matches)');
    const dry = await explain('respond: a', { url: '/a/bin' }, 'requestFilter: { preset: iis-defaults, dryRun: true }');
    expect(dry.said[0]).toBe('requestFilter: would refuse it (404.8: hidden segment bin, but it only counts)');
  });

  it('ipFilter names the rule that matched, and looks up no name', async () => {
    const filter = 'ipFilter: { rules: [{ allow: 10.0.0.0/8 }, { allow: { domain: "*.example.com" } }] }';
    expect((await explain('respond: a', { client: '10.0.0.1' }, filter)).said[0]).toBe(
      'ipFilter: lets the client in (allow 10.0.0.0/8)',
    );
    const unknown = await explain('respond: a', { client: '192.0.2.1' }, filter);
    expect(unknown.said[0]).toBe('ipFilter: looks up the name of the client (a rule names a domain)');
    expect(unknown.answer).toBe('respond: answers 200, unless ipFilter answers 403');
    const denied = await explain(
      'respond: a',
      { client: '192.0.2.1' },
      'ipFilter: { allow: private, answer: notFound }',
    );
    expect(denied.answer).toBe('ipFilter: answers 404');
    expect(denied.said[0]).toBe('ipFilter: answers 404 (unlisted)');
  });

  it('ipFilter reads the list of a file, which is not loaded yet', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'windhover-explain-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'blocked.txt');
    await writeFile(file, '198.51.100.0/24\n');
    const filter = `ipFilter: { deny: { file: "${file}" } }`;
    const denied = await explain('respond: a', { client: '198.51.100.3' }, filter);
    expect(denied.said[0]).toBe('ipFilter: answers 403 (deny blocked.txt: 198.51.100.0/24)');
    expect(denied.answer).toBe('ipFilter: answers 403');
    const letIn = await explain('respond: a', { client: '192.0.2.1' }, filter);
    expect(letIn.said[0]).toBe('ipFilter: lets the client in (unlisted)');
  });

  it('ipFilter says that it cannot know what a list of a URL has, and reads its copy', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'windhover-explain-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const url = 'url: "https://lists.example/bad"';
    const filter = `ipFilter: { deny: [192.0.2.9, { ${url} }] }`;
    const unknown = await explain('respond: a', { client: '192.0.2.1' }, filter);
    expect(unknown.said[0]).toBe(
      'ipFilter: depends on a list that is not read here (only the running server has https://lists.example/bad; without it: unlisted)',
    );
    expect(unknown.answer).toBe('respond: answers 200, unless ipFilter answers 403');
    const certain = await explain('respond: a', { client: '192.0.2.9' }, filter);
    expect(certain.answer).toBe('ipFilter: answers 403');
    const copy = join(folder, 'copy.txt');
    await writeFile(copy, '192.0.2.1\n');
    const copied = await explain(
      'respond: a',
      { client: '192.0.2.1' },
      `ipFilter: { deny: { ${url}, copy: "${copy}" } }`,
    );
    expect(copied.answer).toBe('ipFilter: answers 403');
  });

  it('proxy tells the target and the addresses', async () => {
    const { said } = await explain(proxy, { url: '/a/b?c' });
    expect(said).toEqual(['proxy: forwards /b?c to http://a:1, http://b:2, taken in turn (they stand in the route)']);
    const named = await explain('proxy: shop', {}, 'upstreams: { shop: { to: "http://a:1" } }');
    expect(named.answer).toBe('proxy: forwards /a to http://a:1');
  });

  it('proxy tells what the servers speak', async () => {
    const { said } = await explain('proxy: { to: "http://a:1", protocol: http2, proxyProtocol: v2 }');
    expect(said).toEqual([
      'proxy: forwards /a to http://a:1 (they stand in the route; over HTTP/2; with a PROXY header (v2))',
    ]);
    const auto = await explain('proxy: shop', {}, 'upstreams: { shop: { to: "https://a:1", protocol: auto } }');
    expect(auto.said[0]).toContain('; over HTTP/2 or HTTP/1.1, as an https:// server chooses)');
    const plain = await explain('proxy: { to: ["http://a:1", { url: "http://b:2" }], protocol: auto }');
    expect(plain.said[0]).toContain('over HTTP/1.1, as `auto` looks for HTTP/2 at https:// only');
  });

  it('proxy tells how one of several servers is chosen, and what else decides', async () => {
    const shop =
      '{ to: ["http://a:1", { url: "http://b:2", weight: 2 }, { url: "http://c:3", backup: true }], balance: least-requests, sticky: { cookie: way, secret: s }, connections: 200, health: { path: /healthz, every: 2s }, eject: true, breaker: true, retry: { attempts: 3, on: [connect, 503] } }';
    const { said } = await explain('proxy: shop', {}, `upstreams: { shop: ${shop} }`);
    expect(said).toEqual([
      'proxy: forwards /a to http://a:1, http://b:2, http://c:3, the one with the fewest requests (they are the addresses of the upstream `shop`; ' +
        'weights 1, 2, 1 (backup); a client stays at one server by the signed cookie way; at most 200 requests at a time to each; ' +
        'checked at /healthz every 2s; ejected after 5 failures in a row; with a circuit breaker; tried 3 times at most, on connect, 503)',
    ]);
    const inPlace = await explain('proxy: { to: ["http://a:1", "http://b:2"], balance: { hash: client } }');
    expect(inPlace.said).toEqual([
      'proxy: forwards /a to http://a:1, http://b:2, chosen by a hash of the client (they stand in the route)',
    ]);
  });

  it('cache tells what it is stored by, and what does not concern it', async () => {
    const { said } = await explain('cache: true, respond: 404');
    expect(said[0]).toBe(
      'cache: asks for the answer, and stores it if its fields allow it (nothing is stored of http:///a)',
    );
    const post = await explain('cache: true, respond: 404', { method: 'POST' });
    expect(post.said[0]).toContain('cache: passes the request on');
  });

  it('cache tells that a request purges, and who may not', async () => {
    const route = 'cache: { purge: { from: 10.0.0.1 } }, respond: 200';
    const by = (client: string, method = 'PURGE') => explain(route, { method, client });
    expect((await by('10.0.0.1')).answer).toBe('cache: answers 200, and purges what is stored');
    expect((await by('10.0.0.2')).answer).toBe('cache: answers 403');
    expect((await by('10.0.0.1', 'GET')).answer).toBe('respond: answers 200');
  });

  const users = 'users: { staff: { list: { ada: $apr1$abc$PZF73YJz5hJ9yyI.7OP.R. } } }';
  const basic = [['Authorization', 'Basic YWRhOnNlY3JldA==']] as const;
  const admins = 'authorize: [{ allow: { role: admin } }]';
  const refused = ', unless auth refuses them';
  it.each([
    ['auth: { basic: staff }', [], 'auth: answers 401'],
    ['auth: { basic: staff }', [['Authorization', 'Bearer x']], 'auth: answers 401'],
    ['auth: { basic: staff }', basic, `respond: answers 200${refused}`],
    ['auth: { basic: staff, optional: true }', [], 'respond: answers 200'],
    ['auth: { basic: staff, optional: true }', basic, `respond: answers 200${refused}`],
    [`auth: { basic: staff }, ${admins}`, [], 'auth: answers 401'],
    [`auth: { basic: staff }, ${admins}`, basic, `respond: answers 200${refused} or authorize answers 403`],
    [`auth: { basic: staff, optional: true }, ${admins}`, [], 'authorize: answers 401'],
    ['auth: { basic: staff }, authorize: [{ deny: { path: /a } }]', basic, `authorize: answers 403${refused}`],
    ['auth: { basic: staff }, authorize: [{ allow: everyone }]', basic, `respond: answers 200${refused}`],
    [
      'auth: { basic: staff }, authorize: [{ deny: { user: bob } }, { allow: everyone }]',
      basic,
      `respond: answers 200${refused} or authorize answers 403`,
    ],
    [admins, [], 'authorize: answers 403'],
    ['auth: { any: [{ basic: staff }, { forward: "http://a:1" }] }', [], `respond: answers 200${refused}`],
    ['auth: { all: [{ basic: staff }, { forward: "http://a:1" }], optional: true }', [], 'auth: answers 401'],
    ['auth: { all: [{ basic: staff }, { signedUrl: abcdefghijklmnopq }], optional: true }', [], 'respond: answers 200'],
    ['auth: { all: [{ basic: staff }, { signedUrl: abcdefghijklmnopq }], optional: true }', basic, 'auth: answers 401'],
    ['auth: { all: [{ basic: staff }, { signedUrl: abcdefghijklmnopq }] }', [], 'auth: answers 401'],
  ] as const)('of %s with %j tells the answer', async (route, headers, answer) => {
    expect((await explain(`${route}, respond: 200`, { headers }, users)).answer).toBe(answer);
  });

  it('compress tells the coding, or why there is none', async () => {
    const compress = (headers: Record<string, string>) =>
      explain('compress: true, respond: 404', { headers: Object.entries(headers) });
    const first = async (headers: Record<string, string>) => (await compress(headers)).said[0];
    expect(await first({ 'Accept-Encoding': 'gzip, br' })).toBe(
      'compress: compresses the answer with br if it shrinks (the client accepts it)',
    );
    expect(await first({})).toMatch(/^compress: leaves the answer as it is \(the client accepts none of br, /);
    const measured = { 'Accept-Encoding': 'br', Cookie: 'a=1', 'Sec-Fetch-Site': 'cross-site' };
    expect(await first(measured)).toContain('may come from an attacker');
    expect(await first({ 'Cache-Control': 'no-transform' })).toContain('the client forbids to change it');
  });

  it('static tells the file, and which origin answers otherwise', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'windhover-features-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'x.txt'), 'x');
    const route = `static: "${folder}", ${proxy}`;
    expect((await explain(route, { url: '/a/x.txt' })).answer).toBe(`static: sends ${join(folder, 'x.txt')}`);
    expect((await explain(route, { url: '/a/y' })).said[0]).toBe(
      `static: passes the request on (${join(folder, 'y')}: there is no such file)`,
    );
    expect((await explain(route, { url: '/a/y' })).answer).toContain('proxy: forwards /y to');
  });

  it.each([
    ['GET', [], 'cors: passes the request on (it does not come from a page of another origin)'],
    ['GET', [['Origin', 'https://a.org']], 'cors: lets the page read the answer (https://a.org is allowed)'],
    [
      'GET',
      [['Origin', 'https://b.org']],
      'cors: keeps the page from reading the answer (the origin "https://b.org" is not allowed)',
    ],
    [
      'OPTIONS',
      [
        ['Origin', 'https://a.org'],
        ['Access-Control-Request-Method', 'PUT'],
      ],
      'cors: answers the preflight with 204 (https://a.org is allowed)',
    ],
  ] as const)('of cors tells what becomes of a %s with %j', async (method, headers, said) => {
    expect((await explain('cors: https://a.org, respond: 200', { method, headers })).said).toContain(said);
  });

  it('concurrency tells how many requests run, and where they are counted', async () => {
    const top = 'concurrency: 50\nlisten: [{ port: 80, concurrency: { max: 9 } }, { port: 81, concurrency: 8 }]';
    const { said } = await explain('concurrency: 1, respond: 200', { url: 'http://x:80/a' }, top);
    expect(said.filter((line) => line.startsWith('concurrency'))).toEqual([
      'concurrency: takes a place, or waits for one (50 requests run at a time in each worker)',
      'concurrency: takes a place, or waits for one (9 requests run at a time on *:80)',
      'concurrency: takes a place, or waits for one (one request runs at a time in the route /a)',
    ]);
  });

  it.each([
    ['console', 'the console (its format is console, as nothing else is named)'],
    ['./logs/a.log', 'FOLDER/logs/a.log (its format is combined, as nothing else is named)'],
    ['{ to: syslog+tcp://logs:601, format: json }', 'syslog at logs:601 (tcp) (its format is "json")'],
  ])('accessLog: %s tells where the line goes, and its format', async (written, said) => {
    expect((await explain(`accessLog: ${written}, respond: 200`)).said).toContain(
      `accessLog: writes a line to ${said.replace('FOLDER', tmpdir())}`,
    );
  });

  it.each([
    [
      { Accept: 'text/html' },
      'gives an error a page: 404 FOLDER/nf.html, otherwise the built-in one (the client prefers HTML)',
    ],
    [{ Accept: 'application/json' }, 'gives an error problem+json (the client prefers JSON)'],
    [{}, 'gives an error a text (the client prefers neither HTML nor JSON)'],
  ])('errorPages tells the page for %j', async (headers, expected) => {
    const folder = await mkdtemp(join(tmpdir(), 'windhover-features-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'nf.html'), 'x');
    const route = `errorPages: { 404: ${folder}/nf.html, upstreams: [502] }, respond: 404`;
    const { said } = await explain(route, { headers: Object.entries(headers) });
    expect(said.slice(0, 2)).toEqual([
      `errorPages: ${expected.replace('FOLDER', folder)}`,
      'errorPages: replaces error pages of upstreams (`upstreams` names 502)',
    ]);
  });

  it.each([
    ['true', {}, 'makes an id, and sends it in X-Request-Id (none came with the request)'],
    ['true', { 'X-Request-Id': 'abc' }, 'makes an id, and sends it in X-Request-Id (`trust` is not set)'],
    ['{ trust: true, header: X-Id }', { 'X-Id': 'abc' }, 'keeps the id abc in X-Id (it came with the request)'],
    [
      '{ trust: true }',
      { 'X-Request-Id': 'a b' },
      'makes an id, and sends it in X-Request-Id (the one that came is not valid)',
    ],
  ])('requestId: %s tells the id for %j', async (written, headers, said) => {
    const explained = await explain(`requestId: ${written}, respond: 200`, { headers: Object.entries(headers) });
    expect(explained.said).toContain(`requestId: ${said}`);
  });

  it('redirect tells the address, and that nothing else answers', async () => {
    const top = 'redirect: { https: { port: 8443 } }';
    const plain = await explain('respond: 200', { url: 'http://x/a?b' }, top);
    expect(plain.answer).toBe('redirect: answers 308 to https://x:8443/a?b');
    expect((await explain('respond: 200', { url: 'https://x/a' }, top)).answer).toBe('respond: answers 200');
  });

  it('every other layer says something in advance', async () => {
    const all = 'timeout: { start: 10s, total: 1m }, maxRequestBody: 1MB, hsts: true, tracing: true, decompress: true';
    const { said } = await explain(`${all}, fallback: { respond: 200 }, respond: 503`, { url: 'https://x/a' });
    expect(said.join('\n')).toContain(`tracing: begins a trace (no valid one came with the request)
hsts: sends Strict-Transport-Security (the client uses HTTPS)
timeout: answers 504 unless the answer begins within 10s (the configuration says so)
timeout: cuts an answer off that takes longer than 1m (the configuration says so)
maxRequestBody: answers 413 to a body above 1MB (it stands in for \`limits.requestBody\`)
decompress: does nothing (the body has no Content-Encoding)
fallback: answers with respond instead (if the status is 502, 503, 504)`);
  });

  it('websocket tells whether it limits, refuses or leaves alone', async () => {
    const headers = [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Origin', 'https://b.example'],
    ] as const;
    const route = 'websocket: { idle: 5m, origins: "https://a.example" }, respond: 200';
    expect((await explain(route, { headers })).answer).toBe('websocket: answers 403');
    expect((await explain(route, { headers: headers.slice(0, 2) })).said).toContain(
      'websocket: limits the connection (the client asks for a WebSocket)',
    );
    expect((await explain(route)).said).toContain('websocket: does nothing (the client asks for no WebSocket)');
  });

  it('trustedProxies tells who the client is', async () => {
    const headers = [['X-Forwarded-For', '203.0.113.7']] as const;
    const behind = await explain('respond: 200', { headers, client: '10.0.0.1' }, 'trustedProxies: 10.0.0.0/8');
    expect(behind.client).toBe('203.0.113.7');
    expect(behind.said.join('\n')).toContain('trustedProxies: the client is 203.0.113.7');
    const direct = await explain('respond: 200', { headers, client: '198.51.100.1' }, 'trustedProxies: 10.0.0.0/8');
    expect(direct.client).toBe('198.51.100.1');
  });
});
