import { createManualClock, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { handlerOf } from './feature-fixtures.ts';

/** Asks a site several times, and gives back the statuses. */
async function statusesOf(lines: string, requests: readonly RunInit[], advance = 0): Promise<number[]> {
  const clock = createManualClock({ now: 1_000_000 });
  const handler = await handlerOf(lines, clock);
  const statuses: number[] = [];
  for (const init of requests) {
    statuses.push((await runHandler(handler, { headers: { host: 'a' }, ...init })).status);
    clock.advance(advance);
  }
  return statuses;
}

const times = (count: number, init: RunInit = {}): RunInit[] => Array.from({ length: count }, () => init);
const respond = 'respond: hello';

describe('rateLimit', () => {
  it('takes a rate alone, and is added to those of outer levels', async () => {
    const lines = `rateLimit: 3/m\nsites: { a: { routes: [{ path: /, ${respond} }, { path: /login, rateLimit: 1/m, ${respond} }] } }`;
    expect(await statusesOf(lines, [...times(2, { url: '/login' }), ...times(2)])).toEqual([200, 429, 200, 429]);
  });

  it('takes a list, by client and by field', async () => {
    const route = `{ path: /, rateLimit: [{ rate: 2/m, by: { header: x-api-key }, name: key }, { requests: 3, per: 1m, name: client }], ${respond} }`;
    const key = (name: string): RunInit => ({ headers: { host: 'a', 'x-api-key': name } });
    expect(
      await statusesOf(`sites: { a: { routes: [${route}] } }`, [...times(3, key('one')), ...times(2, key('two'))]),
    ).toEqual([200, 200, 429, 200, 429]);
  });

  it('counts by the client behind a trusted proxy, and not by what strangers claim', async () => {
    const lines = `trustedProxies: [10.0.0.1]\nsites: { a: { rateLimit: 1/m, routes: [{ path: /, ${respond} }] } }`;
    const via = (remoteAddress: string, client: string): RunInit => ({
      connection: { remoteAddress },
      headers: { host: 'a', 'x-forwarded-for': client },
    });
    const requests = [
      via('10.0.0.1', '203.0.113.1'),
      via('10.0.0.1', '203.0.113.2'),
      via('203.0.113.9', '1.1.1.1'),
      via('203.0.113.9', '1.1.1.2'),
    ];
    expect(await statusesOf(lines, requests)).toEqual([200, 200, 200, 429]);
  });

  it('shows its error page', async () => {
    const handler = await handlerOf(
      `errorPages: true\nsites: { a: { rateLimit: 1/m, routes: [{ path: /, ${respond} }] } }`,
    );
    await runHandler(handler, { headers: { host: 'a' } });
    const refused = await runHandler(handler, { headers: { host: 'a', accept: 'text/html' } });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
  });

  it.each([
    ['rateLimit: 100', 'a rate such as'],
    ['rateLimit: { per: 1m }', 'a rate such as `100/m`, or `requests` and `per`'],
    ['rateLimit: { rate: 1/s, per: 1m }', 'a rate has its time in it'],
    ['rateLimit: { rate: 1/s, algorithm: fixed-window, burst: 3 }', 'only a token-bucket'],
    ['rateLimit: { rate: 1/s, by: { header: "a b" } }', 'the name of a field'],
    ['throttle: 2MB', '2MB/s'],
    ['dynamicIp: { answer: teapot }', 'forbidden'],
  ])('says what is wrong with %s', async (line, message) => {
    await expect(handlerOf(`${line}\nsites: { a: { routes: [{ path: /, ${respond} }] } }`)).rejects.toThrow(message);
  });
});

describe('throttle', () => {
  it('sends an answer no faster than allowed', async () => {
    const clock = createManualClock({ now: 1_000_000 });
    const body = 'x'.repeat(5000);
    const lines = `sites: { a: { routes: [{ path: /, throttle: { rate: 2KB/s, burst: 0ms }, respond: ${body} }] } }`;
    const answer = runHandler(await handlerOf(lines, clock), { headers: { host: 'a' } });
    let isWhole = false;
    void answer.then(() => (isWhole = true));
    for (let time = 0; !isWhole; time += 50) {
      expect(time).toBeLessThan(4000);
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(50);
    }
    expect(clock.now() - 1_000_000).toBeGreaterThanOrEqual(2000);
    expect((await answer).text()).toHaveLength(5000);
  });
});

describe('dynamicIp', () => {
  it("refuses an address above IIS' rate, with the answer that is asked for", async () => {
    const lines = (options: string): string =>
      `sites: { a: { dynamicIp: ${options}, routes: [{ path: /, ${respond} }] } }`;
    expect((await statusesOf(lines('true'), times(22))).slice(19)).toEqual([200, 403, 403]);
    for (const [answer, status] of [
      ['unauthorized', 401],
      ['notFound', 404],
      ['abort', 444],
    ] as const)
      expect(await statusesOf(lines(`{ maxRequests: 1, answer: ${answer} }`), times(2))).toEqual([200, status]);
    expect(await statusesOf(lines('{ maxRequests: 1, dryRun: true }'), times(2))).toEqual([200, 200]);
    expect(await statusesOf(lines('{ maxRequests: null, maxConcurrent: null }'), times(30))).toEqual(
      times(30).map(() => 200),
    );
  });

  it('keeps an address out until it slows down', async () => {
    const lines = `sites: { a: { dynamicIp: true, routes: [{ path: /, ${respond} }] } }`;
    const busy = await statusesOf(lines, times(200), 5); // 40 in 200 ms
    expect(busy.slice(20).every((status) => status === 403)).toBe(true);
    const slow = await statusesOf(lines, times(200), 12); // 16 in 200 ms
    expect(slow.every((status) => status === 200)).toBe(true);
  });
});
