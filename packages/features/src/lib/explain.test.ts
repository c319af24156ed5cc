import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createHostServices,
  defineHost,
  type ExplainedRequest,
  explainRequest,
  formatProblems,
  loadConfig,
} from '@windhover/host';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { standardFeatures, standardResources } from './standard-features.ts';

const ignore = (): void => undefined;

async function explain(route: string, request: Partial<ExplainedRequest> = {}, top = '') {
  const definition = defineHost({ features: standardFeatures, resources: standardResources });
  const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const text = `${top}\nsites: { a: { routes: [{ path: /a, ${route} }] } }`;
  const services = createHostServices({ log, clock: createManualClock() });
  const loaded = await loadConfig({ file: '/etc/windhover.yaml', text }, definition, services);
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

  it('proxy tells the target and the addresses', async () => {
    const { said } = await explain(proxy, { url: '/a/b?c' });
    expect(said).toEqual(['proxy: forwards /b?c to http://a:1, http://b:2, taken in turn (they stand in the route)']);
    const named = await explain('proxy: shop', {}, 'upstreams: { shop: { to: "http://a:1" } }');
    expect(named.answer).toBe('proxy: forwards /a to http://a:1');
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

  it('trustedProxies tells who the client is', async () => {
    const headers = [['X-Forwarded-For', '203.0.113.7']] as const;
    const behind = await explain('respond: 200', { headers, client: '10.0.0.1' }, 'trustedProxies: 10.0.0.0/8');
    expect(behind.client).toBe('203.0.113.7');
    expect(behind.said.join('\n')).toContain('trustedProxies: the client is 203.0.113.7');
    const direct = await explain('respond: 200', { headers, client: '198.51.100.1' }, 'trustedProxies: 10.0.0.0/8');
    expect(direct.client).toBe('198.51.100.1');
  });
});
