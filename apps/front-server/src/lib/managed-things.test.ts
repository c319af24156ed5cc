import type { PlacedThing } from '@windhover/config';
import { describe, expect, it } from 'vitest';
import { actOnThing, readThings, restoreThings } from './managed-things.ts';
import { mergeThings } from './merge-things.ts';

const shop: PlacedThing = {
  name: 'shop',
  place: 'upstreams.shop',
  thing: {
    kind: 'upstream',
    name: 'shop',
    read: () => ({ servers: [{ address: 'http://a' }] }),
    actions: { drain: ({ address }) => `drains ${address}` },
  },
};
const broken: PlacedThing = {
  name: 'pages',
  place: 'caches.pages',
  thing: {
    kind: 'cache',
    name: 'pages',
    read() {
      throw new Error('the disk is gone');
    },
  },
};

describe('things of features', () => {
  it('are read, and one that cannot be read says why', () => {
    expect(readThings([shop, broken])).toEqual([
      {
        kind: 'upstream',
        name: 'shop',
        place: 'upstreams.shop',
        state: { servers: [{ address: 'http://a' }] },
        actions: ['drain'],
      },
      { kind: 'cache', name: 'pages', place: 'caches.pages', state: { error: 'the disk is gone' }, actions: [] },
    ]);
  });

  it('do what they are asked, and nothing else', async () => {
    const ask = { kind: 'upstream', name: 'shop', action: 'drain', args: { address: 'http://a' } };
    expect(await actOnThing([shop], ask)).toEqual({ is: 'done', value: 'drains http://a', saved: null });
    const unknown = (message: string) => ({ is: 'unknown', message });
    expect(await actOnThing([shop], { ...ask, name: 'other' })).toEqual(unknown('There is no upstream "other"'));
    const inherited = await actOnThing([shop], { ...ask, action: 'constructor' });
    expect(inherited).toEqual(unknown('The upstream "shop" has the actions: drain'));
    const none = await actOnThing([broken], { ...ask, kind: 'cache', name: 'pages' });
    expect(none).toEqual(unknown('The cache "pages" has the actions: none'));
    const refusing = { ...shop, thing: { ...shop.thing, actions: { drain: () => Promise.reject(new Error('no')) } } };
    expect(await actOnThing([refusing], ask)).toEqual({ is: 'refused', message: 'no' });
  });

  it('get what administrators have changed, and one that does not take it keeps nobody from it', () => {
    const restored: unknown[] = [];
    const refusing: PlacedThing = {
      ...broken,
      thing: {
        ...broken.thing,
        restore() {
          throw new Error('not so');
        },
      },
    };
    const takes: PlacedThing = { ...shop, thing: { ...shop.thing, restore: (saved) => void restored.push(saved) } };
    restoreThings([refusing, takes], { 'cache pages': 1, 'upstream shop': { weight: 2 }, 'upstream gone': 3 });
    expect(restored).toEqual([{ weight: 2 }]);
  });

  it('of several workers become one: counts are summed, servers found by address', () => {
    const ofWorker = (active: number, servers: readonly string[]) => [
      {
        kind: 'upstream',
        name: 'shop',
        place: 'upstreams.shop',
        state: {
          weight: 2,
          counts: { waiting: active },
          servers: servers.map((address) => ({ address, weight: 3, counts: { active } })),
        },
        actions: [],
      },
    ];
    const [merged] = mergeThings([ofWorker(1, ['a', 'b']), ofWorker(2, ['b', 'c']), []]);
    expect(merged!.state).toEqual({
      weight: 2,
      counts: { waiting: 3 },
      servers: [
        { address: 'a', weight: 3, counts: { active: 1 } },
        { address: 'b', weight: 3, counts: { active: 3 } },
      ],
    });
  });

  it('of several workers: lists under `all` are joined', () => {
    const ofWorker = (...all: string[]) => [
      { kind: 'ftp', name: ':21', place: 'ftp[0]', state: { sessions: { all } }, actions: ['end'] },
    ];
    const [merged] = mergeThings([ofWorker('a', 'b'), ofWorker(), ofWorker('c')]);
    expect(merged!.state).toEqual({ sessions: { all: ['a', 'b', 'c'] } });
  });
});
