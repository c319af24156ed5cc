import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Configuration, createSiteHandler } from '@windhover/config';
import type { ManagedThing } from '@windhover/core/feature';
import { runHandler } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configOf } from './feature-fixtures.ts';

async function named(name: string): Promise<string> {
  const server = http.createServer((_request, response) => {
    response.setHeader('surrogate-key', 'all').setHeader('cache-control', 'max-age=60').end(name);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function start(yaml: string) {
  const config = await configOf(yaml);
  await config.prepare();
  onTestFinished(() => config.dispose());
  const handler = createSiteHandler(config);
  const letters = async (count: number): Promise<string> => {
    let text = '';
    for (let round = 0; round < count; round++)
      text += (await runHandler(handler, { url: '/', headers: { host: 'a.org' } })).text();
    return text;
  };
  return { config, letters };
}

function thing({ managed }: Configuration, kind: string, name: string): ManagedThing {
  return managed.find((each) => each.thing.kind === kind && each.name === name)!.thing;
}

const site = 'sites: { a: { hosts: a.org, routes: [{ path: /, proxy: shop }] } }\n';

describe('upstreams', () => {
  it('are shown with their servers, drained, weighed and remembered', async () => {
    const [a, b] = [await named('a'), await named('b')];
    const yaml = `upstreams: { shop: { to: ["${a}", "${b}"] } }\n${site}`;
    const { config, letters } = await start(yaml);
    expect(await letters(2)).toBe('ab');
    const shop = thing(config, 'upstream', 'shop');
    const up = { state: 'up', weight: 1, backup: false, latency: expect.any(Number), lastFailure: null };
    const counts = { active: 0, total: 1, errors: 0, failures: 0 };
    expect(shop.read()).toEqual({
      balance: 'taken in turn',
      counts: { waiting: 0 },
      servers: [
        { address: a, ...up, counts },
        { address: b, ...up, counts },
      ],
    });
    expect(shop.saved!()).toBeNull();
    shop.actions!['drain']!({ address: a });
    expect(await letters(2)).toBe('bb');
    expect(shop.read()).toMatchObject({ servers: [{ address: a, state: 'draining' }, { state: 'up' }] });
    shop.actions!['undrain']!({ address: a });
    shop.actions!['weight']!({ address: a, weight: 2 });
    expect([...(await letters(6))].sort().join('')).toBe('aaaabb');

    const other = await start(yaml);
    thing(other.config, 'upstream', 'shop').restore!(JSON.parse(JSON.stringify(shop.saved!())));
    expect([...(await other.letters(6))].sort().join('')).toBe('aaaabb');
    const rewritten = await start(yaml.replace(`"${b}"`, `{ url: "${b}", weight: 2 }`));
    thing(rewritten.config, 'upstream', 'shop').restore!(shop.saved!());
    expect([...(await rewritten.letters(6))].sort().join('')).toBe('aabbbb');
  });

  it.each([
    ['drain', {}, /^address: expected one of http:.*, found none$/],
    ['undrain', { address: 'http://c' }, /^address: .*found "http:\/\/c"$/],
    ['weight', { weight: 0 }, /^weight: expected a number above 0 and up to 1000000, found 0$/],
    ['weight', { weight: '2' }, /^weight: .*found "2"$/],
  ])('say what is wrong with %s %j', async (action, args, message) => {
    const { config } = await start(`upstreams: { shop: "${await named('a')}" }\n${site}`);
    expect(() => thing(config, 'upstream', 'shop').actions![action]!(args)).toThrow(message);
  });

  it('that stand in a route are named by its place, and two of one place apart', async () => {
    const a = await named('a');
    const way = `{ weight: 1, proxy: "${a}" }`;
    const { config } = await start(`sites: { a: { routes: [{ path: /x, split: [${way}, ${way}] }] } }\n`);
    expect(config.managed.map(({ name, place }) => [name, place])).toEqual([
      ['a/x', 'sites.a.routes[0].split[0].proxy'],
      ['a/x (2)', 'sites.a.routes[0].split[1].proxy'],
    ]);
  });
});

describe('caches', () => {
  it('are counted and purged', async () => {
    const cached = site.replace('proxy: shop', 'proxy: shop, cache: true');
    const { config, letters } = await start(`upstreams: { shop: "${await named('a')}" }\n${cached}`);
    expect(await letters(3)).toBe('aaa');
    const pages = thing(config, 'cache', 'a/');
    const read = (): unknown => pages.read();
    expect(read()).toMatchObject({ counts: { hit: 2, miss: 1, entries: 1 }, entries: null });
    expect(await pages.actions!['purge']!({ tag: 'none' })).toEqual({ removed: 0 });
    expect(await pages.actions!['purge']!({ url: 'http://a.org/' })).toEqual({ removed: 1 });
    await letters(1);
    expect(read()).toMatchObject({ counts: { hit: 2, miss: 2 } });
  });

  it.each([[{}], [{ url: '' }], [{ url: 'a', tag: 'b' }], [{ all: false }], [{ other: 'x' }]])(
    'refuse to purge %j',
    async (args) => {
      const cached = site.replace('proxy: shop', 'proxy: shop, cache: true');
      const { config } = await start(`upstreams: { shop: "${await named('a')}" }\n${cached}`);
      await expect(async () => thing(config, 'cache', 'a/').actions!['purge']!(args)).rejects.toThrow(
        /^expected one of \{ url \}, \{ prefix \}/,
      );
    },
  );
});

describe('limits', () => {
  it('show how often they have refused', async () => {
    const { config, letters } = await start(
      'sites: { a: { hosts: a.org, routes: [{ path: /, respond: a, rateLimit: 2/m }] } }\n',
    );
    await letters(3);
    expect(thing(config, 'limit', 'a/ default').read()).toEqual({
      ...{ limit: '2/m', by: 'client', dryRun: false },
      counts: { allowed: 2, delayed: 0, refused: 1, 'dry-run': 0, 'store-failed': 0 },
    });
  });
});
