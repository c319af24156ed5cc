import { compose, contextKey, type HttpContext, type Middleware } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { cacheBefore } from './cache-fixtures.ts';
import { createCache } from './create-cache.ts';

/** An application that believes what clients say about its URL, as many do. */
const credulous = ({ request }: { request: { headers: { get(name: string): string | undefined } } }) => {
  const { headers } = request;
  const host =
    headers.get('x-forwarded-host') ??
    headers.get('x-host') ??
    /host=([^;,]+)/.exec(headers.get('forwarded') ?? '')?.[1];
  return { headers: { 'Cache-Control': 'max-age=60' }, body: `<script src="//${host ?? 'good'}/a.js">` };
};

describe('cache() against poisoning: one client cannot choose what others get', () => {
  it.each<[string, Record<string, string>]>([
    ['X-Forwarded-Host', { 'X-Forwarded-Host': 'evil' }],
    ['X-Host', { 'X-Host': 'evil' }],
    ['Forwarded', { Forwarded: 'for=192.0.2.1;host=evil' }],
  ])('with %s', async (_name, headers) => {
    const { ask } = cacheBefore(credulous);
    expect((await ask({ headers })).text()).toContain('evil');
    expect((await ask()).text()).toContain('good');
  });

  it('lets clients with different addresses in Forwarded share an answer', async () => {
    const { ask, requests } = cacheBefore(credulous);
    for (const address of ['192.0.2.1', '"[2001:db8::1]:80"'])
      await ask({ headers: { Forwarded: `for=${address};proto=https` } });
    expect(requests.length).toBe(1);
  });

  it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', 'X-Original-URL', 'X-Rewrite-URL'])(
    'with %s, which changes what is asked for',
    async (name) => {
      const { ask } = cacheBefore(({ request }) => ({
        headers: { 'Cache-Control': 'max-age=60' },
        body: request.headers.get(name) ?? 'good',
      }));
      await ask({ headers: { [name]: '/evil' } });
      expect((await ask()).text()).toBe('good');
    },
  );

  it('with a GET that has content', async () => {
    const { ask } = cacheBefore(async ({ request }) => ({
      headers: { 'Cache-Control': 'max-age=60' },
      body: (await request.body.text()) || 'good',
    }));
    await ask({ method: 'GET', body: 'evil' });
    expect((await ask()).text()).toBe('good');
  });

  it('with another host, port or scheme', async () => {
    const { ask, requests } = cacheBefore(credulous);
    await ask({ headers: { Host: 'a' } });
    await ask({ headers: { Host: 'b' } });
    await ask({ headers: { Host: 'a:81' } });
    await ask({ headers: { Host: 'a' }, scheme: 'https' });
    expect(requests.length).toBe(4);
  });

  it('with a field that breaks the key: parts of the key cannot be mistaken for each other', async () => {
    const { ask, requests } = cacheBefore(credulous, { keyHeaders: ['x-a', 'x-b'] });
    await ask({ headers: { 'X-A': '1', 'X-B': '2' } });
    await ask({ headers: { 'X-A': '1x-b:2' } });
    await ask({ headers: { 'X-A': '', 'X-B': '1' } });
    expect(requests.length).toBe(3);
  });

  it('with an error that only one request causes', async () => {
    const { ask } = cacheBefore(({ request }) =>
      request.headers.has('x-bad')
        ? { status: 400, body: 'bad' }
        : { headers: { 'Cache-Control': 'max-age=60' }, body: 'good' },
    );
    expect((await ask({ headers: { 'X-Bad': '1' } })).status).toBe(400);
    expect((await ask()).text()).toBe('good');
  });

  it('with a range: a part never stands for the whole', async () => {
    const { ask } = cacheBefore(({ request }) =>
      request.headers.has('range')
        ? { status: 206, headers: { 'Cache-Control': 'max-age=60', 'Content-Range': 'bytes 0-1/4' }, body: 'go' }
        : { headers: { 'Cache-Control': 'max-age=60' }, body: 'good' },
    );
    await ask({ headers: { Range: 'bytes=0-1' } });
    expect((await ask()).text()).toBe('good');
  });
});

describe('cache() against deception: nobody reads what was made for another', () => {
  it.each([
    ['/account/x.css', 'text/html; charset=utf-8'],
    ['/account;x.js', 'text/html'],
    ['/account%2Fx.png', 'application/json'],
    ['/account.css', 'text/html'],
  ])('static-assets does not store %s with the type %s', async (url, type) => {
    const { ask, requests } = cacheBefore(() => ({ headers: { 'Content-Type': type }, body: 'secret' }), {
      preset: 'static-assets',
    });
    await ask({ url, headers: { Cookie: 'session=1' } });
    await ask(url);
    expect(requests.length).toBe(2);
  });

  it('static-assets stores an asset, for requests with cookies too', async () => {
    const { ask, requests } = cacheBefore(() => ({ headers: { 'Content-Type': 'text/css' }, body: 'a {}' }), {
      preset: 'static-assets',
    });
    await ask({ url: '/a.css', headers: { Cookie: 'session=1' } });
    await ask('/a.css');
    expect(requests.length).toBe(1);
  });

  it.each([
    ['max-age=60', 2],
    ['public, max-age=60', 1],
    ['s-maxage=60', 1],
    ['max-age=60, must-revalidate', 1],
  ])('an answer to a login with %s makes %i requests (RFC 9111 §3.5)', async (directives, count) => {
    const { ask, requests } = cacheBefore(() => ({ headers: { 'Cache-Control': directives }, body: 'x' }));
    const login = { headers: { Authorization: 'Basic eDp5' } };
    await ask(login);
    await ask(login);
    expect(requests.length).toBe(count);
  });

  it('fields of no-cache="…" go to the first client only', async () => {
    const { ask } = cacheBefore(() => ({
      headers: {
        'Cache-Control': 'max-age=60, no-cache="set-cookie, x-user"',
        'Set-Cookie': 'session=1',
        'X-User': 'ann',
      },
      body: 'x',
    }));
    expect((await ask()).headers.get('set-cookie')).toBe('session=1');
    const { headers } = await ask();
    expect([headers.get('set-cookie'), headers.get('x-user')]).toEqual([undefined, undefined]);
  });
});

describe('cache() behind a login or a session of ours', () => {
  const answer = { headers: { 'Cache-Control': 'max-age=60' }, body: 'page' };

  /** Asks twice, with these values in the context, and gives back how often the application was asked. */
  async function asked(values: Readonly<Record<string, unknown>>, more: Record<string, string> = {}): Promise<number> {
    let count = 0;
    const cache = createCache();
    const enter: Middleware<HttpContext> = (context, next) => {
      for (const [name, value] of Object.entries(values)) context.set(contextKey(name), value);
      return next(context);
    };
    const handler = compose<HttpContext>([enter, cache.middleware], ({ response }) => {
      count += 1;
      for (const [name, value] of Object.entries({ ...answer.headers, ...more })) response.headers.set(name, value);
      response.body = answer.body;
    });
    for (let round = 0; round < 2; round++) await runHandler(handler);
    return count;
  }

  it('stores no page that has changed a session: its Set-Cookie comes later', async () => {
    expect(await asked({ session: { isChanged: true } })).toBe(2);
    expect(await asked({ session: { isChanged: false } })).toBe(1);
  });

  it('stores a page for somebody who is logged in only if it says that it is for all, as with Authorization (RFC 9111 §3.5)', async () => {
    expect(await asked({ 'auth.user': { name: 'ada' } })).toBe(2);
    expect(await asked({ 'auth.user': { name: 'ada' } }, { 'Cache-Control': 'public, max-age=60' })).toBe(1);
    expect(await asked({})).toBe(1);
  });
});
