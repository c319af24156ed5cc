import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { createRouter } from './create-router.ts';
import { mount } from './mount.ts';
import { route } from './route.ts';

describe('mount()', () => {
  const outer = createRouter([
    mount('/assets', ({ request, response }) => {
      response.body = `assets ${request.path}`;
    }),
    mount(
      '/teams/:team',
      createRouter([
        route('GET', '/', ({ response }, params) => {
          response.body = `team ${JSON.stringify(params)}`;
        }),
        route('PUT', '/members/:id', ({ response }, params) => {
          response.body = `member ${JSON.stringify(params)}`;
        }),
      ]),
    ),
    route('GET', '/assets/special', ({ response }) => {
      response.body = 'special';
    }),
  ]);

  it.each([
    ['/assets', 'assets /assets'],
    ['/assets/', 'assets /assets/'],
    ['/assets/a/b', 'assets /assets/a/b'],
    ['/assets/special', 'special'],
    ['/teams/red', 'team {"team":"red"}'],
    ['/teams/red/', 'team {"team":"red"}'],
  ])('answers %s, and the path stays whole', async (url, text) => {
    expect((await runHandler(outer, url)).text()).toBe(text);
  });

  it.each(['/assetsx', '/Assets', '/teams', '/teams//', '/assets%2Fa', '/teams/red/x'])(
    'has nothing at %s: a prefix is whole segments',
    async (url) => expect((await runHandler(outer, url)).status).toBe(404),
  );

  it('gives a mounted handler every method, and a mounted router its own', async () => {
    expect((await runHandler(outer, { method: 'PROPFIND', url: '/assets/a' })).text()).toBe('assets /assets/a');
    const member = { method: 'PUT', url: '/teams/red/members/7' };
    expect((await runHandler(outer, member)).text()).toBe('member {"team":"red","id":"7"}');
    const refused = await runHandler(outer, { url: '/teams/red/members/7' });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'PUT, OPTIONS']);
  });

  it('at / takes all other paths', async () => {
    const router = createRouter([mount('/', outer), mount('/', ({ response }) => void (response.body = 'rest'))]);
    expect((await runHandler(router, '/assets/a')).text()).toBe('assets /assets/a');
    expect((await runHandler(router, '/elsewhere')).text()).toBe('rest');
  });

  it('finds conflicts between a router and the routers mounted in it', () => {
    const inner = createRouter([route('GET', '/b', () => {})]);
    expect(() => createRouter([route('GET', '/a/b', () => {}), mount('/a', inner)])).toThrow(
      expect.objectContaining({ code: 'ROUTER_CONFLICT' }),
    );
  });

  it.each(['a', '/a/*', '/a/*rest', '/..'])('refuses the prefix %j', (prefix) => {
    expect(() => mount(prefix, () => {})).toThrow(expect.objectContaining({ code: 'ROUTER_PATTERN_INVALID' }));
  });

  it('refuses a name that the mounted router uses already', () => {
    const inner = createRouter([route('GET', '/:id', () => {})]);
    expect(() => mount('/:id', inner)).toThrow(expect.objectContaining({ code: 'ROUTER_PATTERN_INVALID' }));
  });
});
