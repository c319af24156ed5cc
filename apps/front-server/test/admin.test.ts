import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { type Managed, startManaged, token } from './admin-fixtures.ts';
import { startUpstream } from './front-server-fixtures.ts';
import { until } from './supervised-fixtures.ts';

const sites = 'sites: { a: { routes: [{ path: /, respond: one }] } }\n';
const limits = { timeout: 120_000 };
const text = async (url: string): Promise<string> => (await fetch(url)).text();
const program = `require('node:http').createServer((q, r) => r.end(String(process.pid))).listen(process.env.PORT); console.log('a line of the program')`;
const apps = `apps: { shop: { command: [${process.execPath}, -e, ${JSON.stringify(program)}] } }\n`;

/** Reads events until one fits. */
async function untilEvent(
  { admin }: Managed,
  headers: Record<string, string>,
  fits: (event: string) => boolean,
): Promise<string> {
  const answer = await fetch(`${admin}/api/v1/events`, { headers });
  const reader = answer.body!.getReader();
  const decoder = new TextDecoder();
  for (let seen = ''; ; ) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`The stream has ended: ${seen}`);
    seen += decoder.decode(value);
    const found = seen.split('\n\n').slice(0, -1).find(fits);
    if (found === undefined) continue;
    await reader.cancel();
    return found;
  }
}

describe.each([2, 0])('the management API with `workers: %i`', (workers) => {
  it('shows what runs', limits, async () => {
    const { api, url, process: server } = await startManaged(workers, sites);
    const overview = await api('GET', '/overview');
    expect(overview).toMatchObject({ status: 200, json: { pid: server.pid, config: { edition: 1, error: null } } });
    expect(overview.json.workers).toHaveLength(Math.max(1, workers));
    expect(overview.json.workers[0]).toMatchObject({ state: 'ready', memory: expect.any(Number) });
    expect(overview.json.listeners).toEqual([{ url: `${url}/` }]);
    const shown = await api('GET', '/sites');
    expect(shown.json.sites).toMatchObject([{ name: 'a', routes: [{ path: '/', layers: [{ feature: 'respond' }] }] }]);
    const explained = await api('POST', '/explain', { url: '/x' });
    expect(explained.json).toMatchObject({ route: { path: '/' }, request: { method: 'GET' } });
    expect(await api('GET', '/things')).toMatchObject({ status: 200, json: [] });
    expect((await api('GET', '/session')).json.areas).toContain('config');
  });

  it('has numbers over time', limits, async () => {
    const { api, url } = await startManaged(workers, sites);
    const busy = async (): Promise<boolean> => {
      await Promise.all(Array.from({ length: 20 }, () => text(url)));
      const samples = (await api('GET', '/stats')).json as {
        requests: number;
        p50: number | null;
        cpu: number;
        memory: number;
      }[];
      return samples.some(({ requests, p50, cpu, memory }) => requests > 5 && p50 !== null && cpu > 0 && memory > 1e7);
    };
    await until(busy);
  });

  it('lets users log in with their roles, and nobody else', limits, async () => {
    const { api, folder } = await startManaged(workers, sites);
    const none = { authorization: '' };
    const enter = (user: string, password: string) => api('POST', '/session', { user, password }, none);
    const answers = await Promise.all([enter('ann', 'wrong'), enter('eve', 'right'), enter('nobody', 'right')]);
    expect(answers.map(({ status, json }) => [status, json.code])).toEqual(Array(3).fill([401, 'ADMIN_LOGIN_WRONG']));
    const ann = await enter('ann', 'right');
    expect(ann.json).toMatchObject({ user: 'ann', role: 'configure' });
    const bob = await enter('bob', 'right');
    const headers = { cookie: bob.headers.get('set-cookie')!.split(';')[0]! };
    expect((await fetchAs(api, 'GET', '/overview', headers)).status).toBe(200);
    expect((await fetchAs(api, 'GET', '/config', headers)).json.code).toBe('ADMIN_ROLE_TOO_LOW');
    expect((await api('GET', '/users')).json).toMatchObject([
      { name: 'ann', role: 'configure' },
      { name: 'bob', role: 'look' },
      {},
      {},
    ]);
    const audit = await readFile(join(folder, 'windhover.yaml.history/audit.log'), 'utf8');
    expect(audit).toContain('"outcome":"refused"');
    expect(audit).not.toContain('right');
  });

  it('changes the configuration, shows the change, and goes back', limits, async () => {
    const { api, url, config, command } = await startManaged(workers, sites);
    const { json: read } = await api('GET', '/config');
    const next = read.text.replace('respond: one', 'respond: two') as string;
    expect((await api('POST', '/config/validate', { text: 'sites: 3' })).json).toMatchObject({
      ok: false,
      problems: [{ path: 'sites', line: 1 }],
    });
    const wrong = await api('PUT', '/config', { text: next.replace('respond', 'resspond'), hash: read.hash });
    expect([wrong.status, wrong.json.problems[0].message]).toEqual([422, expect.stringContaining('`respond`')]);
    expect(await text(url)).toBe('one');
    expect(await api('PUT', '/config', { text: next, hash: read.hash, note: 'two' })).toMatchObject({
      status: 200,
      json: { edition: 2 },
    });
    expect([await text(url), await readFile(config, 'utf8')]).toEqual(['two', next]);
    expect(await api('PUT', '/config', { text: next, hash: read.hash })).toMatchObject({ status: 409 });
    const [now, before] = (await api('GET', '/config/history')).json;
    expect([now.note, now.isCurrent, before.isCurrent]).toEqual(['two', true, false]);
    const { diff } = (await api('GET', `/config/history/${before.id}/diff`)).json;
    expect(diff).toMatch(/\n-.*one.*\n\+.*two/);
    expect(await api('POST', `/config/history/${before.id}/rollback`, { hash: now.hash })).toMatchObject({
      status: 200,
    });
    expect(await text(url)).toBe('one');
    if (workers > 0) expect((await command(['status'])).stdout).toContain('edition 3');
  });

  it('puts the old configuration back if the new one cannot be used', limits, async () => {
    const other = await startManaged(0, sites);
    const taken = new URL(other.url).port;
    const { api, url, config } = await startManaged(workers, sites);
    const { json: read } = await api('GET', '/config');
    const answer = await api('PUT', '/config', {
      text: read.text.replace('listen: 127.0.0.1:0', `listen: 127.0.0.1:${taken}`),
      hash: read.hash,
    });
    expect([answer.status, answer.json.code]).toEqual([422, 'ADMIN_CONFIG_WRONG']);
    expect(answer.json.problems[0].message).toContain(taken);
    expect([await text(url), await readFile(config, 'utf8')]).toEqual(['one', read.text]);
    expect((await api('GET', '/overview')).json.config).toMatchObject({
      edition: 1,
      error: expect.stringContaining(taken),
    });
  });

  it('moves, and tells the pages that follow it', limits, async () => {
    const running = await startManaged(workers, sites);
    const { api } = running;
    const { json: read } = await api('GET', '/config');
    const event = untilEvent(
      running,
      { authorization: 'Bearer the-token-of-the-tests-1' },
      (each) => each.startsWith('event: changed') && each.includes('config'),
    );
    await api('PUT', '/config', { text: read.text.replace('respond: one', 'respond: two'), hash: read.hash });
    expect(await event).toContain('"what"');
    const { json: again } = await api('GET', '/config');
    expect(
      await api('PUT', '/config', { text: again.text.replace('name: ci', 'name: other'), hash: again.hash }),
    ).toMatchObject({ status: 200 });
    expect((await api('GET', '/session')).json.user).toBe('token other');
    const notes = (await api('GET', '/config/history')).json.map(
      ({ user, note }: { user: string; note: string }) => `${user} ${note}`,
    );
    expect(notes).toEqual(['token ci ', 'token ci ', ' the first one']);
    const gone = again.text.replace(/^admin:.*\n/m, '').replace(/^users:.*\n/m, '');
    const { json: third } = await api('GET', '/config');
    expect(await api('PUT', '/config', { text: gone, hash: third.hash })).toMatchObject({ status: 200 });
    await expect(api('GET', '/session')).rejects.toThrow();
  });

  it('runs applications', limits, async () => {
    const { api, url } = await startManaged(workers, `${apps}sites: { a: { routes: [{ path: /, app: shop }] } }\n`);
    const first = await text(url);
    expect((await api('GET', '/pools')).json).toMatchObject([
      { name: 'shop', phase: 'running', instances: [{ pid: Number(first), memory: expect.any(Number) }] },
    ]);
    expect(await api('POST', '/pools/shop/recycle')).toMatchObject({ status: 204 });
    await until(async () => (await text(url)) !== first);
    expect(await api('POST', '/pools/shop/stop')).toMatchObject({ status: 204 });
    expect((await fetch(url)).status).toBe(503);
    expect(await api('POST', '/pools/shop/start')).toMatchObject({ status: 204 });
    expect(await api('POST', '/pools/blog/start')).toMatchObject({ status: 404 });
    expect((await api('GET', '/pools/shop/log')).json.lines).toContain('a line of the program');
    const log = (await api('GET', '/log?contains=A%20LINE&pool=shop')).json;
    expect(log[0]).toMatchObject({ message: 'a line of the program', pool: 'shop', level: 'info' });
  });

  it('shows and ends requests under way, drains servers, and keeps traces of what failed', limits, async () => {
    const waiting = await startUpstream((request, response) => {
      if (request.url !== '/slow') response.end('up');
    });
    const site = `requestTrace: { status: 5xx }
upstreams: { u: { to: ["http://127.0.0.1:${waiting.port}", "http://127.0.0.1:1"] } }
sites: { a: { routes: [{ path: /, proxy: u }, { path: /fail, respond: { status: 503, body: no } }] } }\n`;
    const running = await startManaged(workers, site);
    const { api, url } = running;
    const drain = (address: string) => api('POST', '/things/upstream/u/drain', { address });
    expect(await drain('http://127.0.0.1:1')).toMatchObject({ status: 200 });
    expect(await drain('http://127.0.0.1:2')).toMatchObject({ status: 422, json: { code: 'ADMIN_REFUSED' } });
    const [group] = (await api('GET', '/things?kind=upstream')).json;
    expect(group.state.servers).toMatchObject([{ state: 'up' }, { address: 'http://127.0.0.1:1', state: 'draining' }]);
    expect(await text(url)).toBe('up');
    expect(await api('POST', '/things/upstream/other/drain', {})).toMatchObject({ status: 404 });

    const slow = fetch(`${url}/slow`);
    await until(async () => (await api('GET', '/requests')).json.length === 1);
    const [request] = (await api('GET', '/requests')).json;
    expect(request).toMatchObject({
      method: 'GET',
      url: '/slow',
      worker: expect.stringMatching(/^[01]$/),
      status: null,
    });
    const isBusy = ({ state }: { state: string }): boolean => state === 'busy';
    const busy = (await api('GET', '/connections')).json.find(isBusy);
    const { port } = new URL(url);
    expect(busy).toMatchObject({ local: `127.0.0.1:${port}`, protocol: 'HTTP/1.1', tls: null, requests: 1 });
    expect(await api('POST', `/requests/${request.id}/abort`)).toMatchObject({ status: 204 });
    expect((await slow).status).toBe(503);
    const other = fetch(`${url}/slow`).catch(() => 'closed');
    await until(async () => (await api('GET', '/connections')).json.some(isBusy));
    const { id } = (await api('GET', '/connections')).json.find(isBusy);
    expect(await api('POST', `/connections/${id}/close`)).toMatchObject({ status: 204 });
    expect(await other).toBe('closed');
    expect(await api('POST', `/connections/${id}/close`)).toMatchObject({ status: 404 });
    expect(await api('POST', `/requests/${request.id}/abort`)).toMatchObject({ status: 404 });

    const headers = { authorization: `Bearer ${token}` };
    const isTrace = (event: string): boolean => event.startsWith('event: trace') && event.includes('"/fail"');
    const told = untilEvent(running, headers, isTrace);
    await until(async () => {
      await text(`${url}/fail`);
      const all = (await api('GET', '/traces')).json as { id: string; url: string; status: number }[];
      return all.some((trace) => trace.url === '/fail' && trace.status === 503);
    });
    const [first] = (await api('GET', '/traces')).json;
    expect((await api('GET', `/traces/${first.id}`)).json.steps).toMatchObject([{}, { feature: 'respond' }]);
    const again = setInterval(() => void text(`${url}/fail`), 200);
    expect(await told).toContain('"status":503');
    clearInterval(again);
    expect(await api('DELETE', '/traces')).toMatchObject({ status: 204 });
    expect((await api('GET', '/things')).json.some(({ kind }: { kind: string }) => kind === 'traces')).toBe(false);
  });

  it('deploys a ZIP file, which `static` serves at once', limits, async () => {
    const running = await startManaged(
      workers,
      'sites: { a: { routes: [{ path: /, respond: empty }] } }\n',
      ', deployments: { shop: ./www }',
    );
    const { api, url, folder } = running;
    const zip = (content: string): Uint8Array => zipSync({ 'index.html': new TextEncoder().encode(content) });
    const put = (content: string) =>
      api('PUT', '/deployments/shop', zip(content), { 'content-type': 'application/zip' });
    const first = await put('first');
    expect(first.status).toBe(200);
    const { json: read } = await api('GET', '/config');
    const served = read.text.replace('respond: empty', 'static: ./www/current');
    expect(await api('PUT', '/config', { text: served, hash: read.hash })).toMatchObject({ status: 200 });
    expect(await text(url)).toBe('first');
    await put('second');
    await until(async () => (await text(url)) === 'second'); // a file is kept for a second
    expect(await api('POST', '/deployments/shop/activate', { version: first.json.version })).toMatchObject({
      status: 204,
    });
    await until(async () => (await text(url)) === 'first');
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'dist/index.html'), 'third');
    const env = { WINDHOVER_TOKEN: 'the-token-of-the-tests-1' };
    const deployed = await running.command(['deploy', 'shop', join(folder, 'dist'), '--url', running.admin], env);
    expect(deployed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^shop: version \S+ is in use\.\n$/) });
    await until(async () => (await text(url)) === 'third');
  });
});

describe('the management API of a server with workers', () => {
  it('answers while workers are killed, and all that it is asked', limits, async () => {
    const { api } = await startManaged(2, sites);
    const statuses = new Map<number, number>();
    let isOver = false;
    const asking = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        for (const path of ['/overview', '/sites', '/things']) {
          const { status } = await api('GET', path);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }
    });
    for (let round = 0; round < 2; round++) {
      const { json } = await api('GET', '/overview');
      const ready = (json.workers as { pid: number; state: string }[]).filter(({ state }) => state === 'ready');
      process.kill(ready[0]!.pid, 'SIGKILL');
      await until(async () =>
        ((await api('GET', '/overview')).json.workers as { pid: number; state: string }[]).every(
          ({ pid, state }) => state === 'ready' && pid !== ready[0]!.pid,
        ),
      );
    }
    isOver = true;
    await Promise.all(asking);
    expect([...statuses.keys()].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(statuses.get(200)).toBeGreaterThan(50);
  });

  it('can be used by commands of its own user, over the control socket', limits, async () => {
    const { command, api, folder, url } = await startManaged(2, sites, ', deployments: { shop: ./www }');
    const next = join(folder, 'next.yaml');
    await writeFile(next, (await api('GET', '/config')).json.text.replace('respond: one', 'respond: two'));
    expect(await command(['config', 'apply', next, '--note', 'why not'])).toMatchObject({
      code: 0,
      stdout: 'Applied: edition 2 is in use.\n',
    });
    expect(await text(url)).toBe('two');
    const { stdout } = await command(['config', 'history']);
    const [, first] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(2).split('  ')[0]!);
    expect(stdout).toMatch(
      /^\* \S+ {2}edition 2 {2}token of this machine {2}why not\n {2}\S+ {2}edition 1 {2}the first one\n$/,
    );
    expect((await command(['config', 'diff', first!])).stdout).toMatch(/\n\+.*two/);
    expect(await command(['config', 'rollback', first!])).toMatchObject({ code: 0 });
    expect(await text(url)).toBe('one');
    await writeFile(next, 'sites: 3\n');
    expect(await command(['config', 'apply', next])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('line 1: expected a map'),
    });
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'dist/a.txt'), 'a');
    expect(await command(['deploy', 'shop', join(folder, 'dist')])).toMatchObject({ code: 0 });
    expect((await command(['deploy'])).stdout).toMatch(/^shop: \S+\n\* \S+ {2}1 file, 1 byte /);
  });
});

it('is served only where nobody else can reach it, unless it speaks TLS', async () => {
  const { inspectConfig } = await import('../src/lib/inspect-config.ts');
  const problemsOf = (admin: string) =>
    inspectConfig({ file: 'a.yaml', text: `admin: ${admin}\n${sites}` }, (loaded) =>
      loaded.ok ? [] : loaded.problems.map(({ path, message }) => `${path}: ${message}`),
    );
  const tokens = `tokens: [{ name: a, sha256: ${'a'.repeat(64)} }]`;
  expect(await problemsOf(`{ listen: "0.0.0.0:9146", ${tokens} }`)).toEqual([
    expect.stringMatching(/^admin\.listen: expected an address of this machine alone.*`tls`/),
  ]);
  expect(await problemsOf('{ listen: 9146 }')).toEqual([expect.stringContaining('expected `users` or `tokens`')]);
  for (const listen of ['9146', '127.0.0.1:9146', '"[::1]:9146"', 'unix:/tmp/a.sock'])
    expect(await problemsOf(`{ listen: ${listen}, ${tokens} }`)).toEqual([]);
});

/** Without the token. */
function fetchAs(
  api: Managed['api'],
  method: string,
  path: string,
  headers: Record<string, string>,
): ReturnType<Managed['api']> {
  return api(method, path, undefined, { ...headers, authorization: '' });
}
