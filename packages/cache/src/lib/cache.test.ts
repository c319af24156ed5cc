import { HttpError } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { cache } from './cache.ts';
import { cacheBefore, counting, settle } from './cache-fixtures.ts';
import { createMemoryStore } from './memory-store.ts';

describe('cache()', () => {
  it('refuses an option that does not exist', () => {
    expect(() => cache({ ttl: 1 } as never)).toThrow(expect.objectContaining({ code: 'CACHE_OPTION_INVALID' }));
  });

  it.each([['POST'], ['GET', 'QUERY'], ['HEAD'], []])('refuses to store answers to %j %j', (...methods) => {
    expect(() => cache({ methods } as never)).toThrow(
      /GET, or GET and HEAD: the answer to another method depends on content/,
    );
  });

  it('lets HEAD go to the origin with `methods: [GET]`', async () => {
    const { ask, requests } = cacheBefore(counting({ 'Cache-Control': 'max-age=60' }), { methods: ['GET'] });
    await ask();
    await ask({ method: 'HEAD' });
    await ask();
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'HEAD']);
  });

  it('stores what the origin allows, and answers with Age and Cache-Status (RFC 9111 §5.1, RFC 9211)', async () => {
    const { ask, clock, requests } = cacheBefore(counting({ 'Cache-Control': 'max-age=60', ETag: '"a"' }));
    const first = await ask('/page');
    expect([first.status, first.text(), first.headers.get('cache-status')]).toEqual([
      200,
      'answer 1',
      'Windhover; fwd=uri-miss; fwd-status=200; stored',
    ]);
    clock.advance(10_000);
    const second = await ask('/page');
    expect([second.text(), second.headers.get('age'), second.headers.get('cache-status')]).toEqual([
      'answer 1',
      '10',
      'Windhover; hit; ttl=50',
    ]);
    clock.advance(50_000);
    expect((await ask('/page')).text()).toBe('answer 2');
    expect(requests.length).toBe(2);
  });

  it.each<[string, Record<string, string | string[]>]>([
    ['nothing', {}],
    ['no-store', { 'Cache-Control': 'no-store, max-age=60' }],
    ['private', { 'Cache-Control': 'private, max-age=60' }],
    ['Set-Cookie', { 'Cache-Control': 'public, max-age=60', 'Set-Cookie': 'session=1' }],
    ['Vary: *', { 'Cache-Control': 'max-age=60', Vary: '*' }],
    [
      'a CDN-Cache-Control that forbids it (RFC 9213)',
      { 'Cache-Control': 'max-age=60', 'CDN-Cache-Control': 'no-store' },
    ],
  ])('asks the origin each time for an answer with %s', async (_name, headers) => {
    const { ask } = cacheBefore(counting(headers));
    await ask();
    expect([(await ask()).text(), (await ask()).text()]).toEqual(['answer 2', 'answer 3']);
  });

  it('prefers CDN-Cache-Control to Cache-Control (RFC 9213 §2.2)', async () => {
    const { ask } = cacheBefore(counting({ 'Cache-Control': 'no-store', 'CDN-Cache-Control': 'max-age=60' }));
    expect([(await ask()).text(), (await ask()).text()]).toEqual(['answer 1', 'answer 1']);
  });

  it('answers HEAD, conditions and ranges from what is stored', async () => {
    const { ask, requests } = cacheBefore(() => ({
      headers: { 'Cache-Control': 'max-age=60', ETag: '"a"', 'Content-Type': 'text/plain' },
      body: '0123456789',
    }));
    await ask();
    const head = await ask({ method: 'HEAD' });
    expect([head.status, head.declaredLength, head.text()]).toEqual([200, 10, '']);
    const same = await ask({ headers: { 'If-None-Match': '"a"' } });
    expect([same.status, same.text(), same.headers.get('etag')]).toEqual([304, '', '"a"']);
    const part = await ask({ headers: { Range: 'bytes=2-4' } });
    expect([part.status, part.text(), part.headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10']);
    const after = await ask({ headers: { Range: 'bytes=10-' } });
    expect([after.status, after.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    expect(requests.length).toBe(1);
  });

  it('asks the origin for everything when the client wants a part, and answers with the part', async () => {
    const { ask, requests } = cacheBefore(() => ({ headers: { 'Cache-Control': 'max-age=60' }, body: '0123456789' }));
    const part = await ask({ headers: { Range: 'bytes=2-4', 'If-None-Match': '"x"' } });
    expect([part.status, part.text()]).toEqual([206, '234']);
    expect([requests[0]!.headers.has('range'), requests[0]!.headers.has('if-none-match')]).toEqual([false, false]);
    expect((await ask()).text()).toBe('0123456789');
  });

  it('validates a stale answer, and merges the fields of the 304 (RFC 9111 §4.3)', async () => {
    const { ask, clock, requests } = cacheBefore(({ request }) =>
      request.headers.get('if-none-match') === '"a"'
        ? { status: 304, headers: { 'Cache-Control': 'max-age=30', ETag: '"a"', 'X-New': '1' } }
        : { headers: { 'Cache-Control': 'max-age=10', ETag: '"a"', 'Content-Type': 'text/plain' }, body: 'text' },
    );
    await ask();
    clock.advance(11_000);
    const validated = await ask();
    expect([validated.status, validated.text(), validated.headers.get('age')]).toEqual([200, 'text', '0']);
    expect([validated.headers.get('x-new'), validated.headers.get('content-type')]).toEqual(['1', 'text/plain']);
    clock.advance(29_000);
    await ask();
    expect(requests.length).toBe(2);
  });

  it('keeps an answer for each value of the fields in Vary (RFC 9111 §4.1)', async () => {
    const { ask, requests } = cacheBefore(({ request }) => ({
      headers: { 'Cache-Control': 'max-age=60', Vary: 'Accept-Language' },
      body: request.headers.get('accept-language') ?? 'none',
    }));
    const inLanguage = async (language: string) => (await ask({ headers: { 'Accept-Language': language } })).text();
    expect([await inLanguage('de'), await inLanguage('fr'), await inLanguage('de, en')]).toEqual([
      'de',
      'fr',
      'de, en',
    ]);
    expect([await inLanguage('de'), await inLanguage('FR'), await inLanguage('de,en')]).toEqual(['de', 'fr', 'de, en']);
    expect(requests.length).toBe(3);
  });

  it('keeps one answer for each content coding, whatever clients write in Accept-Encoding', async () => {
    const { ask, requests } = cacheBefore(({ request }) => {
      const coding = /br|gzip/.exec(request.headers.get('accept-encoding') ?? '')?.[0];
      const headers = { 'Cache-Control': 'max-age=60', Vary: 'Accept-Encoding', ETag: `"${coding}"` };
      return {
        headers: coding === undefined ? headers : { ...headers, 'Content-Encoding': coding },
        body: coding ?? 'plain',
      };
    });
    const accepting = async (value: string) => (await ask({ headers: { 'Accept-Encoding': value } })).text();
    const values = ['gzip, br', 'br;q=1.0, gzip;q=0.8', 'gzip', 'identity', 'deflate', 'gzip;q=0.5', 'br , gzip'];
    const texts: string[] = [];
    for (const value of values) texts.push(await accepting(value));
    expect(texts).toEqual(['br', 'br', 'gzip', 'plain', 'plain', 'gzip', 'br']);
    expect(requests.map(({ headers }) => headers.get('accept-encoding'))).toEqual(['br, gzip', 'gzip', 'identity']);
  });

  it('does not give a coded answer to a client that cannot read it, even without Vary', async () => {
    const { ask } = cacheBefore(({ request }) =>
      request.headers.get('accept-encoding') === 'gzip'
        ? { headers: { 'Cache-Control': 'max-age=60', 'Content-Encoding': 'gzip' }, body: 'coded' }
        : { headers: { 'Cache-Control': 'max-age=60' }, body: 'plain' },
    );
    expect((await ask({ headers: { 'Accept-Encoding': 'gzip' } })).text()).toBe('coded');
    expect((await ask()).text()).toBe('plain');
  });

  it.each([
    ['no-cache', 'answer 2'],
    ['max-age=5', 'answer 2'],
    ['min-fresh=55', 'answer 2'],
    ['no-store', 'answer 1'],
    ['max-age=10', 'answer 1'],
  ])('obeys %s of a request (RFC 9111 §5.2.1)', async (directive, text) => {
    const { ask, clock } = cacheBefore(counting({ 'Cache-Control': 'max-age=60' }));
    await ask();
    clock.advance(10_000);
    expect((await ask({ headers: { 'Cache-Control': directive } })).text()).toBe(text);
  });

  it('answers 504 to only-if-cached when nothing is stored, and from the store otherwise', async () => {
    const { ask, requests } = cacheBefore(counting({ 'Cache-Control': 'max-age=60' }));
    const only = { headers: { 'Cache-Control': 'only-if-cached' } };
    expect([(await ask(only)).status, requests.length]).toEqual([504, 0]);
    await ask();
    expect((await ask(only)).text()).toBe('answer 1');
  });

  it('uses a stale answer for max-stale, but never against must-revalidate', async () => {
    for (const [directives, text] of [
      ['max-age=10', 'answer 1'],
      ['max-age=10, must-revalidate', 'answer 2'],
    ] as const) {
      const { ask, clock } = cacheBefore(counting({ 'Cache-Control': directives }));
      await ask();
      clock.advance(15_000);
      expect((await ask({ headers: { 'Cache-Control': 'max-stale=60' } })).text()).toBe(text);
    }
  });

  it('forgets a URL, and those of Location and Content-Location, after an unsafe request (RFC 9111 §4.4)', async () => {
    const { ask, requests } = cacheBefore(({ request }, count) =>
      request.method === 'GET'
        ? { headers: { 'Cache-Control': 'max-age=60' }, body: `answer ${count}` }
        : { status: 201, headers: { Location: '/b', 'Content-Location': 'http://elsewhere/c' }, body: 'made' },
    );
    for (const url of ['/a', '/b', '/c']) await ask(url);
    await ask({ url: '/a', method: 'POST', body: 'x' });
    for (const url of ['/a', '/b', '/c']) await ask(url);
    expect(requests.map(({ method, url }) => `${method} ${url}`).slice(3)).toEqual(['POST /a', 'GET /a', 'GET /b']);
  });

  it('does not forget it after an unsafe request that failed', async () => {
    const { ask, requests } = cacheBefore(({ request }) =>
      request.method === 'GET'
        ? { headers: { 'Cache-Control': 'max-age=60' }, body: 'x' }
        : { status: 403, body: 'no' },
    );
    await ask();
    await ask({ method: 'DELETE' });
    await ask();
    expect(requests.length).toBe(2);
  });

  it('never stores what is cut off, and cuts it off for the client too', async () => {
    const { ask } = cacheBefore((_context, count) => ({
      headers: { 'Cache-Control': 'max-age=60' },
      body: (async function* () {
        yield `part ${count}`;
        if (count === 1) throw new Error('reset');
      })(),
    }));
    const cut = await ask();
    expect([cut.outcome.end, (await ask()).text()]).toEqual(['handler-failed', 'part 2']);
  });

  it('answers 500 when the store fails, and lives on when it fails in the background', async () => {
    const store = createMemoryStore();
    let isBroken = false;
    const open = store.open.bind(store);
    store.open = (meta) => {
      if (isBroken) throw new Error('The disk is full');
      return open(meta);
    };
    const { ask, clock } = cacheBefore(counting({ 'Cache-Control': 'max-age=10, stale-while-revalidate=60' }), {
      store,
    });
    await ask();
    isBroken = true;
    clock.advance(20_000);
    expect((await ask()).text()).toBe('answer 1');
    await settle();
    expect((await ask('/other')).status).toBe(500);
  });

  it('passes on what fails', async () => {
    const { ask } = cacheBefore(() => {
      throw new HttpError(404, 'TEST_MISSING', 'There is none');
    });
    expect((await ask()).status).toBe(404);
  });

  it('uses a stale answer while the origin fails, with an error or with a connection that fails (RFC 5861 §4)', async () => {
    for (const failing of [() => ({ status: 503, body: 'down' }), () => Promise.reject(new Error('ECONNREFUSED'))]) {
      const { ask, clock } = cacheBefore((_context, count) =>
        count === 1 ? { headers: { 'Cache-Control': 'max-age=10, stale-if-error=60' }, body: 'good' } : failing(),
      );
      await ask();
      clock.advance(20_000);
      expect((await ask()).text()).toBe('good');
      clock.advance(60_000);
      expect((await ask()).status).toBeGreaterThanOrEqual(500);
    }
  });

  it('answers at once with a stale answer, and asks the origin in the background (RFC 5861 §3)', async () => {
    const { ask, clock, requests } = cacheBefore(
      counting({ 'Cache-Control': 'max-age=10, stale-while-revalidate=60' }),
    );
    await ask();
    clock.advance(20_000);
    expect([(await ask()).text(), (await ask()).text()]).toEqual(['answer 1', 'answer 1']);
    await settle();
    expect([(await ask()).text(), requests.length]).toEqual(['answer 2', 2]);
  });
});

describe('cache() for answers whose origin says nothing', () => {
  it.each<[string, Record<string, string>]>([
    ['cookies', { Cookie: 'session=1' }],
    ['a login', { Authorization: 'Basic eDp5' }],
  ])('neither stores them for requests with %s, nor answers such requests with them', async (_name, headers) => {
    const { ask } = cacheBefore(counting({}), { ttlMs: 60_000 });
    expect((await ask({ headers })).text()).toBe('answer 1');
    expect((await ask('/other')).text()).toBe('answer 2');
    expect((await ask({ url: '/other', headers })).text()).toBe('answer 3');
    expect((await ask('/other')).text()).toBe('answer 2');
  });

  it('keeps 404 as long as negativeTtlMs says', async () => {
    const { ask, clock } = cacheBefore((_context, count) => ({ status: 404, body: `missing ${count}` }), {
      negativeTtlMs: 5000,
    });
    await ask();
    clock.advance(4000);
    expect((await ask()).text()).toBe('missing 1');
    clock.advance(2000);
    expect((await ask()).text()).toBe('missing 2');
  });

  it('lets a rule win over the origin only with overridesOrigin, and never over private', async () => {
    const ttl = { ttlMs: 60_000, overridesOrigin: true };
    const short = cacheBefore(counting({ 'Cache-Control': 'max-age=1' }), ttl);
    await short.ask();
    short.clock.advance(10_000);
    expect((await short.ask()).text()).toBe('answer 1');
    const own = cacheBefore(counting({ 'Cache-Control': 'private' }), ttl);
    await own.ask();
    expect((await own.ask()).text()).toBe('answer 2');
  });

  it('stores from the second use on with minUses 2', async () => {
    const { ask } = cacheBefore(counting({ 'Cache-Control': 'max-age=60' }), { minUses: 2 });
    const texts = [await ask(), await ask(), await ask()].map((result) => result.text());
    expect(texts).toEqual(['answer 1', 'answer 2', 'answer 2']);
  });

  it('takes URLs that differ in ignored parameters only for one', async () => {
    const { ask } = cacheBefore(counting({ 'Cache-Control': 'max-age=60' }), { ignoreQuery: ['utm_*', 'ref'] });
    for (const url of ['/?a=1', '/?utm_source=x&a=1', '/?a=1&ref=y'])
      expect((await ask(url)).text(), url).toBe('answer 1');
    expect((await ask('/?a=2')).text()).toBe('answer 2');
  });
});

describe('cache() with a HEAD that goes to the origin', () => {
  it.each([
    ['the same validator: the answer is fresh again', { ETag: '"a"' }, 8, 'answer 1'],
    ['another validator: it is stale', { ETag: '"b"' }, 8, 'answer 4'],
    ['another length: it is stale', { ETag: '"a"' }, 9, 'answer 4'],
    ['no validator: it says nothing', {}, 8, 'answer 4'],
    ['another coding: it says nothing', { ETag: '"a"', 'Content-Encoding': 'gzip' }, 8, 'answer 4'],
    ['a cookie: it says nothing', { ETag: '"a"', 'Set-Cookie': 'a=b' }, 8, 'answer 4'],
  ])('learns from an answer to HEAD with %s (RFC 9111 §4.3.5)', async (_what, fields, length, expected) => {
    const { ask, clock } = cacheBefore(({ request }, count) => {
      const headers = { 'Cache-Control': 'max-age=60', ...(request.method === 'HEAD' ? fields : { ETag: '"a"' }) };
      return { headers, body: request.method === 'HEAD' ? 'x'.repeat(length) : `answer ${count}` };
    });
    await ask();
    clock.advance(59_000);
    await ask(); // a hit
    clock.advance(2000);
    await ask({ method: 'HEAD' });
    await ask({ method: 'HEAD', headers: { 'Cache-Control': 'no-cache' } });
    expect((await ask()).text()).toBe(expected);
  });
});

describe('cache().stats', () => {
  it('counts the content that came from the origin, and the content that did not have to', async () => {
    const { ask, cache } = cacheBefore(() => ({
      headers: { 'Cache-Control': 'max-age=60', ETag: '"a"' },
      body: '12345678',
    }));
    await ask();
    await ask();
    await ask({ headers: { Range: 'bytes=0-2' } });
    await ask({ headers: { 'If-None-Match': '"a"' } });
    await ask({ method: 'HEAD' });
    expect(cache.stats).toMatchObject({ hit: 4, fetchedBytes: 8, servedBytes: 11 });
  });
});
