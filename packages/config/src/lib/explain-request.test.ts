import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { definition, testServices } from './config-fixtures.ts';
import { defineDistribution } from './define-distribution.ts';
import { type ExplainedRequest, explainRequest } from './explain-request.ts';
import { formatProblems } from './format-problems.ts';
import { loadConfig } from './load-config.ts';
import { createSiteHandler } from './site-handler.ts';

const text = `
listen: [8080, "127.0.0.1:9090", "unix:/run/a.sock"]
limit: { label: top }
edge: { label: top }
sites:
  shop:
    hosts: [shop.org, "*.shop.org"]
    guard: { label: site }
    edge: { label: site }
    routes:
      - { path: /, text: { text: home } }
      - { path: /api, methods: [GET, POST], text: { text: api } }
      - { path: /api, methods: PUT, headers: { x-beta: true }, edge: false, text: { text: beta } }
      - { path: /api/v1, exact: true, query: { a: b }, hosts: a.shop.org, text: { text: v1 } }
  only:
    hosts: only.org
    routes: [{ path: /a, text: { text: a } }, { path: /b, methods: GET, text: { text: b } }]
`;

async function configOf(yaml = text, host = definition) {
  const loaded = await loadConfig({ file: 'w.yaml', text: yaml }, host, testServices());
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  return loaded.config;
}

async function explain(url: string, more: Partial<ExplainedRequest> = {}) {
  return explainRequest(await configOf(), { method: 'GET', url, ...more });
}

describe('explainRequest()', () => {
  it.each([
    ['http://shop.org/', 'shop', 'it names the host shop.org'],
    ['http://SHOP.org./', 'shop', 'it names the host shop.org'],
    ['http://a.b.shop.org/', 'shop', '*.shop.org covers the host a.b.shop.org'],
    ['http://other.org/', null, 'no site names the host other.org, and there is no `defaultSite`'],
    ['/', null, 'the request names no host, and there is no `defaultSite`'],
  ])('says which site answers %s', async (url, name, because) => {
    const { site, answer } = await explain(url);
    expect(site).toEqual({ name, because });
    if (name === null) expect(answer).toBe('421: no site is configured for this host');
  });

  it('takes the site of the Host header for a path, and the default site for hosts that nobody names', async () => {
    expect((await explain('/', { headers: [['Host', 'only.org']] })).site.name).toBe('only');
    const config = await configOf(`defaultSite: only\n${text}`);
    expect(explainRequest(config, { method: 'GET', url: '/' }).site).toEqual({
      name: 'only',
      because: 'the request names no host, and it is the `defaultSite`',
    });
  });

  it('says which route is taken, and why the others are not', async () => {
    const { route, otherRoutes } = await explain('http://shop.org/api/v1', {
      method: 'PUT',
      headers: [['X-Beta', '1']],
    });
    expect(route).toEqual({
      path: '/api',
      place: 'sites.shop.routes[2]',
      because:
        'it is the longest path that covers /api/v1, and its conditions are met: the method is PUT, the header x-beta',
    });
    expect(otherRoutes.map(({ place, because }) => [place, because])).toEqual([
      ['sites.shop.routes[0]', '/api fits more closely'],
      ['sites.shop.routes[1]', 'it takes only GET, POST'],
      [
        'sites.shop.routes[3]',
        'it is only for the host a.shop.org, and it asks for the query parameter a with the value "b"',
      ],
    ]);
  });

  it.each([
    ['GET', '/b/c', '/b', 'text, unless it passes the request on'],
    ['POST', '/b', null, '405, with Allow: GET, HEAD'],
    ['GET', '/c', null, '404: no route covers the path'],
  ])('says what answers %s %s', async (method, path, route, answer) => {
    const explained = await explain(`http://only.org${path}`, { method });
    expect(explained.route?.path ?? null).toBe(route);
    expect(explained.answer).toBe(answer);
  });

  it('says that a longer path keeps a request from a shorter one by its methods', async () => {
    const { route, answer, otherRoutes } = await explain('http://shop.org/api', { method: 'DELETE' });
    expect([route, answer]).toEqual([null, '405, with Allow: GET, POST, HEAD']);
    expect(otherRoutes[0]).toMatchObject({ path: '/', because: 'a longer path covers it, which takes other methods' });
  });

  it('says 400 for a request that is refused before anything else', async () => {
    expect((await explain('http://shop.org/%00')).answer).toMatch(/^400: .*%00 is not allowed/);
    expect((await explain('http://shop.org/', { headers: [['host', 'a b']] })).answer).toMatch(/^400: /);
  });

  it('lists the layers in the order of the phases with their level, and those that are left out', async () => {
    const { layers, leftOut } = await explain('http://shop.org/');
    expect(layers.map(({ phase, feature, level, place }) => [phase, feature, level, place])).toEqual([
      ['edge', 'edge', 'site', 'sites.shop.edge'],
      ['auth', 'guard', 'site', 'sites.shop.guard'],
      ['quota', 'limit', 'top', 'limit'],
      ['origin', 'text', 'route', 'sites.shop.routes[0].text'],
    ]);
    expect(leftOut).toEqual([
      { feature: 'edge', level: 'top', place: 'edge', because: 'sites.shop.edge stands in its place' },
    ]);
    const without = await explain('http://shop.org/api', { method: 'PUT', headers: [['x-beta', '']] });
    expect(without.leftOut.map(({ because }) => because)).toEqual([
      'sites.shop.routes[2].edge is `false`',
      'sites.shop.routes[2].edge is `false`',
    ]);
  });

  it.each([
    ['http://shop.org:9090/', ['127.0.0.1:9090'], null],
    ['http://shop.org/', ['*:8080', '127.0.0.1:9090', 'unix:/run/a.sock'], 'no listener has the port 80 of the URL'],
    ['/', ['*:8080', '127.0.0.1:9090', 'unix:/run/a.sock'], null],
  ])('says where %s can come in', async (url, listeners, listenerRemark) => {
    expect(await explain(url)).toMatchObject({ listeners, listenerRemark });
  });

  it('follows what identity says about the client, to the site as well', async () => {
    const host = defineDistribution({
      features: [
        ...definition.parts.features,
        {
          name: 'believe',
          levels: ['top'],
          phases: ['identity'],
          combine: 'replace',
          schema: z.unknown(),
          create: () => ({
            layers: [
              {
                phase: 'identity',
                run: (context, next) => next(context),
                explain: (request, client) => [
                  {
                    decision: 'believes X-Host',
                    because: `${client.address} is trusted`,
                    client: { ...client, host: request.headers.get('x-host')! },
                  },
                ],
              },
            ],
          }),
        },
      ],
      sections: definition.sections,
    });
    const explained = explainRequest(await configOf(`believe: true\n${text}`, host), {
      method: 'GET',
      url: '/a',
      headers: [['X-Host', 'only.org']],
      client: '10.0.0.1',
    });
    expect(explained).toMatchObject({
      client: { address: '10.0.0.1', host: 'only.org' },
      site: { name: 'only' },
      route: { path: '/a' },
    });
    expect(explained.layers[0]).toEqual({
      phase: 'identity',
      feature: 'believe',
      level: 'top',
      place: 'believe',
      reasons: [{ decision: 'believes X-Host', because: '10.0.0.1 is trusted' }],
    });
  });

  it('follows rewrites to the route', async () => {
    const host = defineDistribution({
      features: [
        ...definition.parts.features,
        {
          name: 'move',
          levels: ['site'],
          phases: ['rewrite'],
          combine: 'add',
          schema: z.unknown(),
          create: () => ({
            layers: [
              {
                phase: 'rewrite',
                run: (context, next) => next(context),
                explain: () => [{ decision: 'rewrites to /b', because: 'it always does', url: '/b' }],
              },
            ],
          }),
        },
      ],
      sections: definition.sections,
    });
    const config = await configOf(text.replace('hosts: only.org', 'hosts: only.org\n    move: true'), host);
    const explained = explainRequest(config, { method: 'GET', url: 'http://only.org/a' });
    expect(explained).toMatchObject({ request: { path: '/a' }, route: { path: '/b' } });
    expect(explained.layers[0]).toMatchObject({ phase: 'rewrite', reasons: [{ decision: 'rewrites to /b' }] });
  });

  it.each([
    ['GET', '/'],
    ['GET', '/api'],
    ['PUT', '/api'],
    ['DELETE', '/api'],
    ['GET', '/api/v1?a=b'],
    ['GET', '/apis'],
  ])('agrees with the server on %s %s', async (method, url) => {
    const config = await configOf();
    const explained = explainRequest(config, { method, url: `http://shop.org${url}` });
    let route = '';
    await runHandler(
      (context) => {
        const done = createSiteHandler(config)(context);
        route = context.route;
        return done;
      },
      { method, url, headers: { host: 'shop.org' } },
    );
    expect(explained.route?.path ?? '').toBe(route);
  });
});
