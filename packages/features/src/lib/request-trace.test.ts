import { createSiteHandler } from '@windhover/config';
import type { Trace, TraceSummary } from '@windhover/request-trace';
import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { configOf } from './feature-fixtures.ts';

async function start(text: string) {
  const config = await configOf(text);
  await config.prepare();
  const handler = createSiteHandler(config);
  const things = config.managed.filter(({ thing }) => thing.kind === 'traces');
  const act = (index: number, action: string, args = {}) => things[index]!.thing.actions![action]!(args);
  return {
    names: things.map(({ name }) => name),
    get: (path: string) => runHandler(handler, { url: path, headers: { host: 'a.org' } }),
    traces: (index = 0) => (act(index, 'list') as TraceSummary[]).map(({ id }) => act(index, 'get', { id }) as Trace),
    counts: () => things[0]!.thing.read(),
    clear: () => act(0, 'clear'),
  };
}

const site = (keys: string, top = '') =>
  `${top}\nsites: { a: { hosts: a.org, routes: [{ path: /, respond: { status: 503 }${keys} }, { path: /ok, respond: fine }] } }\n`;

describe('requestTrace', () => {
  it('records every layer of all levels, those before the route too', async () => {
    const { get, traces, counts, clear } = await start(
      site(
        ', cors: { origins: "*" }',
        'requestTrace: true\nrewrite: { rules: [{ from: /old, to: /new }] }\nrequestFilter: iis-defaults',
      ),
    );
    expect((await get('/ok')).text()).toBe('fine');
    expect(traces()).toEqual([]);
    expect((await get('/old')).status).toBe(503);
    const [trace] = traces();
    expect(trace).toMatchObject({
      site: 'a',
      route: '/',
      status: 503,
      rule: 'status 500-599 or no answer',
      url: '/old',
    });
    const steps = trace!.steps.map(({ feature, phase, place, outcome }) => [feature, phase, place, outcome]);
    expect(steps).toEqual([
      ['rewrite', 'rewrite', 'rewrite', 'passed on'],
      ['requestFilter', 'shield', 'requestFilter', 'passed on'],
      ['cors', 'shield', 'sites.a.routes[0].cors', 'passed on'],
      ['respond', 'origin', 'sites.a.routes[0].respond', 'answered 503'],
    ]);
    expect(trace!.steps[0]!.reasons[0]).toContain('/new');
    expect(counts()).toEqual({ counts: { kept: 1, stored: 1 } });
    clear();
    expect(traces()).toEqual([]);
  });

  it('records requests that no route or site answers', async () => {
    const { get, traces } = await start(site('', 'requestTrace: { status: 4xx }').replace('path: /,', 'path: /x,'));
    expect((await get('/none')).status).toBe(404);
    expect(traces()[0]).toMatchObject({ status: 404, route: null, rule: 'status 400-499' });
  });

  it('keeps what the rules of its place say, and the innermost place counts', async () => {
    const rules =
      '{ rules: [{ status: [503, 400-404], methods: get }, { slower: 2s, path: /api, share: 0.5 }], keep: 3 }';
    const { names, get, traces } = await start(site(`, requestTrace: ${rules}`, 'requestTrace: { status: 200 }'));
    expect(names).toEqual(['everywhere', 'a/']);
    await get('/ok');
    for (let count = 0; count < 5; count++) await get('/');
    expect(traces(0).map(({ url }) => url)).toEqual(['/ok']);
    expect(traces(1)).toHaveLength(3);
  });

  it.each([
    ['{ status: 42x }', /Expected a status, such as 502, 500-599 or 5xx/],
    ['{ rules: [{ status: 500 }], slower: 1s }', /Expected it without `slower` beside it/],
    ['{ slow: 1s }', /slower/],
    ['{ status: 500, keep: 0 }', /keep/],
  ])('refuses %s', async (options, message) => {
    await expect(configOf(site('', `requestTrace: ${options}`))).rejects.toThrow(message);
  });
});
