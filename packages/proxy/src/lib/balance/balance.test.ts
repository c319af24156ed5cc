import type { HttpContext } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Candidate } from './balancer.ts';
import { type Balance, createBalancer } from './create-balancer.ts';
import { smoothSequence } from './smooth-sequence.ts';

type Mutable = { -readonly [Key in keyof Candidate]: Candidate[Key] };

const candidate = (address: string, facts: Partial<Candidate> = {}): Mutable => ({
  address,
  weight: 1,
  active: 0,
  isFull: false,
  latencyMs: () => 0,
  ...facts,
});

let context: HttpContext;
async function contextOf(url: string, headers: Record<string, string> = {}): Promise<HttpContext> {
  let found!: HttpContext;
  await runHandler(
    (each) => {
      found = each;
    },
    { url, headers },
  );
  return found;
}
beforeAll(async () => {
  context = await contextOf('/');
});

/** The addresses that a policy picks, one after the other. */
function picks(balance: Balance, candidates: readonly Candidate[], count: number, random?: () => number): string {
  const balancer = createBalancer(balance, random);
  return Array.from({ length: count }, () => balancer.pick(candidates, [], context, 0)?.address ?? '-').join('');
}

const policies: readonly Balance[] = [
  'round-robin',
  'least-requests',
  'p2c',
  'peak-ewma',
  'random',
  'first',
  { hash: 'uri' },
  { hash: 'uri', boundedLoad: 1.25 },
];

describe.each(policies)('the policy %j', (balance) => {
  const balancer = createBalancer(balance);

  it('has none where there is none', () => {
    expect(balancer.pick([], [], context, 0)).toBe(null);
  });

  it('takes the only one', () => {
    const only = candidate('a');
    expect(balancer.pick([only], [], context, 0)).toBe(only);
  });

  it('passes over full ones and those that were tried', () => {
    const [a, b, c] = [candidate('a', { isFull: true }), candidate('b'), candidate('c')];
    for (let round = 0; round < 20; round++) {
      expect(balancer.pick([a, b, c], [b], context, 0)).toBe(c);
      expect(balancer.pick([a, b, c], [b, c], context, 0)).toBe(null);
    }
  });

  it('goes on when the list changes', () => {
    for (const count of [1, 5, 2, 3]) {
      const list = Array.from({ length: count }, (_each, index) => candidate(String(index)));
      for (let round = 0; round < 10; round++) expect(list).toContain(balancer.pick(list, [], context, 0));
    }
  });
});

describe('round-robin', () => {
  it.each([
    [[1, 1, 1], 'abcabc'],
    [[5, 1, 1], 'aabacaa'],
    [[2, 1], 'abaaba'],
    [[0.5, 1], 'babbab'],
  ])('shares turns by the weights %j as nginx does', (weights, expected) => {
    const list = weights.map((weight, index) => candidate('abc'[index]!, { weight }));
    expect(picks('round-robin', list, expected.length)).toBe(expected);
  });

  it('plans turns for weights of any size', () => {
    for (const weights of [[1, 1_000_000], Array.from({ length: 1000 }, (_each, index) => 1 + index), [0.001, 3]]) {
      const turns = smoothSequence(weights);
      expect(turns.length).toBeLessThanOrEqual(9192);
      expect(new Set(turns).size).toBe(weights.length);
    }
  });
});

describe('least-requests', () => {
  it.each([
    [[3, 1, 2], [1, 1, 1], 'b'],
    [[3, 1, 2], [8, 1, 1], 'a'],
    [[0, 0, 0], [1, 1, 5], 'c'],
  ])('takes the one with the fewest by weight: %j, %j', (active, weights, expected) => {
    const list = active.map((count, index) => candidate('abc'[index]!, { active: count, weight: weights[index]! }));
    expect(picks('least-requests', list, 1)).toBe(expected);
  });

  it('lets equals take turns, by their weights', () => {
    expect(picks('least-requests', [candidate('a'), candidate('b'), candidate('c')], 6)).toBe('abcabc');
    expect(
      picks('least-requests', [candidate('a', { weight: 2 }), candidate('b'), candidate('c', { active: 1 })], 6),
    ).toBe('abaaba');
  });
});

describe('p2c and peak-ewma', () => {
  const draws =
    (...numbers: number[]) =>
    () =>
      numbers.shift() ?? 0;

  it('takes the less busy of two that were drawn', () => {
    const list = [candidate('a', { active: 5 }), candidate('b', { active: 1 }), candidate('c')];
    expect(picks('p2c', list, 1, draws(0, 0))).toBe('b'); // drawn: a and b
    expect(picks('p2c', list, 1, draws(0, 0.9))).toBe('c'); // drawn: a and c
  });

  it('shares idle ones by their weights', () => {
    const list = [candidate('a', { weight: 3 }), candidate('b')];
    expect(picks('p2c', list, 1, draws(0, 0, 0.74))).toBe('a');
    expect(picks('p2c', list, 1, draws(0, 0, 0.76))).toBe('b');
  });

  it('takes the faster of two, and asks one that nobody has measured', () => {
    const list = [
      candidate('a', { latencyMs: () => 80 }),
      candidate('b', { latencyMs: () => 20, active: 2 }),
      candidate('c'),
    ];
    expect(picks('peak-ewma', list, 1, draws(0, 0))).toBe('b');
    expect(picks('peak-ewma', list, 1, draws(0, 0.9))).toBe('c');
    list[2] = candidate('c', { active: 1 }); // its first answer is still to come
    expect(picks('peak-ewma', list, 1, draws(0, 0.9))).toBe('a');
  });
});

describe('random', () => {
  it('takes each as often as its weight says', () => {
    const list = [candidate('a', { weight: 3 }), candidate('b')];
    let seed = 0;
    const text = picks('random', list, 400, () => (seed++ % 4) / 4);
    expect([text.split('a').length - 1, text.split('b').length - 1]).toEqual([300, 100]);
  });
});

describe('hash', () => {
  const list = ['a', 'b', 'c', 'd', 'e'].map((name) => candidate(`http://${name}`));

  async function homes(candidates: readonly Candidate[], balance: Balance = { hash: 'uri' }): Promise<string[]> {
    const balancer = createBalancer(balance);
    const found: string[] = [];
    for (let key = 0; key < 300; key++)
      found.push(balancer.pick(candidates, [], await contextOf(`/${key}`), 0)!.address);
    return found;
  }

  it('sends the same key to the same upstream, in whichever order they are listed', async () => {
    expect(await homes(list)).toEqual(await homes([...list].reverse()));
  });

  it('moves only the keys of an upstream that goes', async () => {
    const before = await homes(list);
    const after = await homes(list.slice(1));
    for (const [index, home] of before.entries()) if (home !== 'http://a') expect(after[index]).toBe(home);
  });

  it('gives each about its share of the keys', async () => {
    const heavy = [candidate('http://a', { weight: 3 }), candidate('http://b')];
    const counts = (await homes(heavy)).filter((address) => address === 'http://a').length;
    expect(counts).toBeGreaterThan(190);
    expect(counts).toBeLessThan(260);
  });

  it('sends keys elsewhere while their upstream has more than the bound', async () => {
    const one = (await homes(list))[0]!;
    const busy = list.map((each) => candidate(each.address, { active: each.address === one ? 10 : 1 }));
    expect((await homes(busy))[0]).toBe(one);
    expect((await homes(busy, { hash: 'uri', boundedLoad: 1.25 }))[0]).not.toBe(one);
  });

  it.each([
    ['client', '/', {}, '/x', {}],
    ['path', '/a?b=1', {}, '/a?b=2', {}],
    [{ header: 'X-Tenant' }, '/', { 'X-Tenant': 't' }, '/x', { 'X-Tenant': 't' }],
    [{ cookie: 'user' }, '/', { Cookie: 'a=1; user=u' }, '/x', { Cookie: 'user=u' }],
  ] as const)('by %j sees that two requests belong together', async (hash, url, headers, otherUrl, otherHeaders) => {
    const balancer = createBalancer({ hash });
    const pick = async (to: string, sent: Record<string, string>) =>
      balancer.pick(list, [], await contextOf(to, sent), 0);
    expect(await pick(url, headers)).toBe(await pick(otherUrl, otherHeaders));
  });

  it('lets requests without a key take turns', () => {
    expect(picks({ hash: { cookie: 'user' } }, [candidate('a'), candidate('b')], 4)).toBe('abab');
  });
});
