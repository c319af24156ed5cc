import { contextKey, type HttpContext } from '@windhover/core';
import { checkedCompose, createManualClock, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from './memory-store.ts';
import { rateLimit } from './rate-limit.ts';
import type { RateLimitOptions } from './rate-limit-options.ts';
import type { RateLimitStore } from './rate-limit-store.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A site behind a limit, with a clock that stands still. */
function site(options: Partial<RateLimitOptions> = {}) {
  const clock = createManualClock({ now: 1_000_000 });
  const lines: string[] = [];
  const seen: string[] = [];
  const note = (message: string): void => void lines.push(message);
  const log = { debug: note, info: note, warn: note, error: note };
  const limit = rateLimit({
    requests: 2,
    perMs: 10_000,
    clock,
    log,
    observer: { decided: (how) => void seen.push(how) },
    ...options,
  });
  const hello = ({ response }: HttpContext): void => {
    response.body = 'hello';
  };
  const ask = (init: RunInit & { user?: string } = {}) => {
    const enter = (context: HttpContext, next: (context: HttpContext) => void | Promise<void>) => {
      if (init.user !== undefined) context.set(contextKey('auth.user'), { name: init.user });
      return next(context);
    };
    return runHandler(checkedCompose([enter, limit], hello), init);
  };
  const from = (remoteAddress: string, more: RunInit & { user?: string } = {}) =>
    ask({ ...more, connection: { remoteAddress } });
  return { ask, from, clock, lines, seen };
}

describe('rateLimit()', () => {
  it('lets so many in, and refuses the next with a true Retry-After', async () => {
    const { ask, clock, seen } = site();
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const refused = await ask();
    expect([refused.status, refused.headers.get('retry-after'), refused.text()]).toEqual([
      429,
      '5',
      'Too many requests: try again in 5 s\n',
    ]);
    clock.advance(5000);
    expect((await ask()).status).toBe(200);
    expect(seen).toEqual(['allowed', 'allowed', 'refused', 'allowed']);
  });

  it('says in fields what is left (draft-ietf-httpapi-ratelimit-headers-10)', async () => {
    const { ask } = site({ name: 'api' });
    const first = await ask();
    expect([first.headers.get('ratelimit-policy'), first.headers.get('ratelimit')]).toEqual([
      '"api";q=2;w=10',
      '"api";r=1;t=5',
    ]);
    await ask();
    expect((await ask()).headers.get('ratelimit')).toBe('"api";r=0;t=10');
    expect((await site({ fields: false }).ask()).headers.get('ratelimit')).toBeUndefined();
  });

  it('lists several limits, each with what is left', async () => {
    const second = rateLimit({ requests: 9, perMs: 60_000, name: 'minute' });
    const first = rateLimit({ requests: 2, perMs: 1000, name: 'second' });
    const result = await runHandler(checkedCompose([first, second], ({ response }) => void (response.body = 'x')));
    expect(result.headers.get('ratelimit')).toMatch(/^"second";r=1;t=1, "minute";r=8;t=\d+$/);
    expect(result.headers.get('ratelimit-policy')).toBe('"second";q=2;w=1, "minute";q=9;w=60');
  });

  it('counts each client by itself, an IPv6 client by its /64', async () => {
    const { from } = site({ requests: 1 });
    const statuses: number[] = [];
    for (const address of [
      '192.0.2.1',
      '192.0.2.2',
      '::ffff:192.0.2.1',
      '2001:db8::1',
      '2001:db8::2',
      '2001:db8:0:1::1',
    ])
      statuses.push((await from(address)).status);
    expect(statuses).toEqual([200, 200, 429, 200, 429, 200]);
  });

  it('counts a user wherever they are, and strangers by address', async () => {
    const { from } = site({ requests: 1, by: 'user' });
    expect((await from('192.0.2.1', { user: 'ann' })).status).toBe(200);
    expect((await from('192.0.2.2', { user: 'ann' })).status).toBe(429);
    expect((await from('192.0.2.1', { user: 'bob' })).status).toBe(200);
    expect((await from('192.0.2.1')).status).toBe(200);
    expect((await from('192.0.2.1')).status).toBe(429);
    expect((await from('192.0.2.9', { user: '192.0.2.1' })).status).toBe(200);
  });

  it('counts by a field, and by address without one', async () => {
    const { from } = site({ requests: 1, by: { header: 'X-Api-Key' } });
    expect((await from('192.0.2.1', { headers: { 'x-api-key': 'a' } })).status).toBe(200);
    expect((await from('192.0.2.2', { headers: { 'x-api-key': 'a' } })).status).toBe(429);
    expect([(await from('192.0.2.1')).status, (await from('192.0.2.1')).status]).toEqual([200, 429]);
  });

  it('keeps no long value of a field, which a client may choose', async () => {
    const keys: string[] = [];
    const store: RateLimitStore = {
      consume(key) {
        keys.push(key);
        return { isAllowed: true, remaining: 1, resetMs: 1, retryAfterMs: 0, aheadMs: 0 };
      },
    };
    const { ask } = site({ by: { header: 'x-api-key' }, store });
    for (const end of ['a', 'b']) await ask({ headers: { 'x-api-key': 'x'.repeat(5000) + end } });
    expect(keys.map(({ length }) => length < 80)).toEqual([true, true]);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('counts by a function, whose null is not limited, and as much as it costs', async () => {
    const { ask } = site({
      by: ({ request }) => (request.path === '/free' ? null : 'all'),
      cost: ({ request }) => (request.path === '/dear' ? 2 : 1),
    });
    for (let count = 0; count < 5; count++) expect((await ask({ url: '/free' })).status).toBe(200);
    expect((await ask({ url: '/dear' })).status).toBe(200);
    expect((await ask({ url: '/' })).status).toBe(429);
  });

  it('takes no other address from X-Forwarded-For: only a trusted proxy may say it', async () => {
    const { from } = site({ requests: 1 });
    await from('192.0.2.1', { headers: { 'x-forwarded-for': '203.0.113.1' } });
    expect((await from('192.0.2.1', { headers: { 'x-forwarded-for': '203.0.113.2' } })).status).toBe(429);
  });

  it('delays those who are ahead of the rate, and refuses nobody within the burst', async () => {
    const { ask, clock, seen } = site({ requests: 10, perMs: 1000, burst: 6, delayAfter: 2 });
    const answers = Array.from({ length: 6 }, () => ask());
    await settle();
    expect(seen).toEqual(['allowed', 'allowed', 'allowed', 'delayed', 'delayed', 'delayed']);
    const done: number[] = [];
    for (const [index, answer] of answers.entries()) void answer.then(() => done.push(index));
    await settle();
    expect(done).toEqual([0, 1, 2]);
    clock.advance(100);
    await settle();
    expect(done).toEqual([0, 1, 2, 3]);
    clock.advance(200);
    await settle();
    expect(done).toEqual([0, 1, 2, 3, 4, 5]);
    expect(clock.pending).toBe(0);
  });

  it('only counts and tells with dryRun', async () => {
    const { ask, seen, lines } = site({ dryRun: true, requests: 1 });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    expect([seen, lines]).toEqual([['allowed', 'dry-run'], ['A rate limit would refuse requests']]);
  });

  it('drops the connection, if asked', async () => {
    const { ask } = site({ requests: 1, refuse: 'drop' });
    await ask();
    const { status, headers } = await ask();
    expect([status, headers.get('retry-after')]).toEqual([444, undefined]);
  });

  it('keeps a client waiting in a tarpit before it is refused', async () => {
    const { ask, clock } = site({ requests: 1, refuse: 'tarpit', tarpitMs: 4000 });
    await ask();
    const refused = ask();
    let isAnswered = false;
    void refused.then(() => (isAnswered = true));
    clock.advance(3999);
    await settle();
    expect(isAnswered).toBe(false);
    clock.advance(1);
    const { status, headers } = await refused;
    expect([status, headers.get('retry-after')]).toEqual([429, '6']);
  });

  it('keeps at most 1,000 in the tarpit, and lets go of those that leave', async () => {
    const { ask, clock } = site({ requests: 1, perMs: 100_000, refuse: 'tarpit' });
    await ask();
    const held = Array.from({ length: 1000 }, () => ask());
    await settle();
    expect((await ask()).status).toBe(429);
    clock.advance(10_000);
    expect(new Set((await Promise.all(held)).map(({ status }) => status))).toEqual(new Set([429]));
    const again = ask();
    let isAnswered = false;
    void again.then(() => (isAnswered = true));
    await settle();
    expect(isAnswered).toBe(false);
    clock.advance(10_000);
    await again;
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['a tarpit', { requests: 1, refuse: 'tarpit', tarpitMs: 60_000 }, [200, 429, 429]],
    ['a delay', { requests: 1, perMs: 60_000, burst: 3, delayAfter: 0 }, [200, 200, 200]],
  ] as const)('keeps nobody waiting in %s when the server begins to stop', async (_, options, expected) => {
    const stopping = new AbortController();
    const { ask, clock } = site({ ...options, stopping: stopping.signal });
    const answers = [ask(), ask(), ask()];
    await settle();
    stopping.abort();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(expected);
    expect(clock.pending).toBe(0);
    expect((await ask()).status).toBe(429);
  });

  it('gives the place of a client that leaves before its turn to the next one', async () => {
    const { ask, clock } = site({ by: 'all', requests: 1, perMs: 1000, burst: 100, delayAfter: 0 });
    await ask();
    for (let count = 0; count < 50; count++) {
      const gone = new AbortController();
      const left = ask({ signal: gone.signal });
      await settle();
      gone.abort();
      expect((await left).outcome.end).toBe('client-closed');
    }
    const next = ask();
    await settle();
    clock.advance(1000);
    expect((await next).status).toBe(200);
    expect(clock.pending).toBe(0);
  });

  it('tells the log of refusals once a minute', async () => {
    const { ask, clock, lines } = site({ requests: 1, perMs: 3_600_000 });
    for (let count = 0; count < 50; count++) await ask();
    expect(lines).toEqual(['A rate limit refuses requests']);
    clock.advance(60_000);
    await ask();
    expect(lines).toHaveLength(2);
  });

  it('marks what it refuses for the access log', async () => {
    let refusal: unknown;
    const limit = rateLimit({ requests: 1, perMs: 1000, name: 'login' });
    const look = async (context: HttpContext, next: (context: HttpContext) => void | Promise<void>): Promise<void> => {
      await next(context);
      refusal = context.get(contextKey('refusal'));
    };
    const handler = checkedCompose([look, limit], ({ response }) => void (response.body = 'x'));
    await runHandler(handler);
    expect(refusal).toBeUndefined();
    await runHandler(handler);
    expect(refusal).toEqual({ code: 'RATE_LIMIT_EXCEEDED', rule: 'login' });
  });

  it('marks what it would refuse in a dry run', async () => {
    let refusal: unknown;
    const ignore = (): void => undefined;
    const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
    const limit = rateLimit({ requests: 1, perMs: 1000, name: 'login', dryRun: true, log });
    const handler = checkedCompose([limit], (context) => {
      refusal = context.get(contextKey('refusal'));
      context.response.body = 'x';
    });
    await runHandler(handler);
    expect(refusal).toBeUndefined();
    await runHandler(handler);
    expect(refusal).toEqual({ code: 'RATE_LIMIT_DRY_RUN', rule: 'login' });
  });
});

describe('a store that fails', () => {
  const failing: RateLimitStore = { consume: () => Promise.reject(new Error('no Redis')) };
  const silent: RateLimitStore = { consume: () => new Promise(() => undefined) };

  it.each([
    ['local', [200, 429]],
    ['open', [200, 200]],
    ['closed', [503, 503]],
  ] as const)('is replaced by %s', async (onStoreError, expected) => {
    const { ask, lines } = site({ requests: 1, store: failing, onStoreError });
    expect([(await ask()).status, (await ask()).status]).toEqual(expected);
    expect(lines.filter((line) => line === 'The store of a rate limit fails')).toHaveLength(1);
  });

  it('is waited for no longer than storeTimeoutMs', async () => {
    const { ask, clock } = site({ requests: 1, store: silent, storeTimeoutMs: 100 });
    const first = ask();
    await settle();
    clock.advance(100);
    expect((await first).status).toBe(200);
    const second = ask();
    await settle();
    clock.advance(100);
    expect((await second).status).toBe(429);
  });

  it('is used again when it works, and the log says so', async () => {
    let isUp = false;
    const memory = createMemoryStore();
    const store: RateLimitStore = {
      consume: async (...all) => {
        if (!isUp) throw new Error('down');
        return memory.consume(...all);
      },
    };
    const { ask, lines } = site({ store });
    await ask();
    isUp = true;
    await ask();
    expect(lines).toEqual(['The store of a rate limit fails', 'The store of a rate limit works again']);
  });

  it('may throw at once', async () => {
    const store: RateLimitStore = {
      consume: () => {
        throw new Error('broken');
      },
    };
    expect((await site({ store, onStoreError: 'open' }).ask()).status).toBe(200);
  });
});

describe('a store whose answers cannot be', () => {
  const sound = { isAllowed: true, remaining: 1, resetMs: 1, retryAfterMs: 0, aheadMs: 0 };
  it.each([
    { aheadMs: 1e300 },
    { aheadMs: Number.NaN },
    { aheadMs: -5 },
    { remaining: 1e9 },
    { retryAfterMs: 1e12, isAllowed: false },
    { resetMs: Number.POSITIVE_INFINITY },
    { isAllowed: 1 as never },
  ])('counts as one that fails: %j', async (wrong) => {
    const store: RateLimitStore = { consume: async () => ({ ...sound, ...wrong }) };
    const { ask, lines } = site({ requests: 1, delayAfter: 0, store });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 429]);
    expect(lines).toContain('The store of a rate limit fails');
  });
});

describe('options of rateLimit()', () => {
  it.each([
    [{}, 'requests: expected a whole number, 1 or more, found nothing'],
    [{ requests: 1 }, 'perMs: expected milliseconds above 0, found nothing'],
    [{ requests: 0, perMs: 1 }, 'requests: expected a whole number, 1 or more, found 0'],
    [{ requests: 1, perMs: 1, by: 'ip' }, "by: expected 'client', 'user'"],
    [{ requests: 1, perMs: 1, by: { header: 'a b' } }, 'by: expected'],
    [{ requests: 1, perMs: 1, name: 'a"b' }, 'name: expected a text of letters'],
    [{ requests: 1, perMs: 1, algorithm: 'fixed-window', burst: 3 }, 'burst and delayAfter: only a token-bucket'],
    [{ requests: 1, perMs: 1, countsRefused: true }, 'countsRefused: only windows'],
    [{ requests: 1, windowMs: 1 }, 'windowMs'],
    [{ requests: 1, perMs: 1, status: 200 }, 'status: expected a whole number from 400 to 599'],
  ])('refuses %j', (options, message) => {
    expect(() => rateLimit(options as never)).toThrow(message);
    expect(() => rateLimit(options as never)).toThrow(expect.objectContaining({ code: 'RATE_LIMIT_OPTION_INVALID' }));
  });
});
