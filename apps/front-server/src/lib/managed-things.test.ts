import type { PlacedThing } from '@windhover/config';
import { describe, expect, it } from 'vitest';
import { actOnThing, readThings } from './managed-things.ts';
import { mergeThings } from './merge-things.ts';

const shop: PlacedThing = {
  place: 'upstreams.shop',
  thing: {
    kind: 'upstream',
    name: 'shop',
    read: () => ({ servers: [{ address: 'http://a' }] }),
    actions: { drain: ({ address }) => `drains ${address}` },
  },
};
const broken: PlacedThing = {
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
    expect(await actOnThing([shop], ask)).toBe('drains http://a');
    await expect(actOnThing([shop], { ...ask, name: 'other' })).rejects.toThrow('There is no upstream "other"');
    await expect(actOnThing([shop], { ...ask, action: 'constructor' })).rejects.toThrow('has no action "constructor"');
    await expect(actOnThing([broken], { ...ask, kind: 'cache', name: 'pages' })).rejects.toThrow('no action "drain"');
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
});
