import type { Handler, HttpContext, Middleware } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import type { Branch } from './branch.ts';
import { mirror } from './mirror.ts';
import { type SplitOptions, split } from './split.ts';

const says =
  (text: string): Middleware<HttpContext> =>
  ({ response }) =>
    void (response.body = text);
const handlerOf = (branches: readonly Branch[], options: SplitOptions = {}): Handler<HttpContext> => {
  const run = split(branches, options);
  return (context) => run(context, () => undefined);
};

const old: Branch = { name: 'old', weight: 9, run: says('old') };
const fresh: Branch = { name: 'new', weight: 1, when: { cookies: { beta: true } }, run: says('new') };

describe('split()', () => {
  it.each([
    [0, 'old'],
    [0.89, 'old'],
    [0.9, 'new'],
    [0.999999, 'new'],
  ])('sends a request that has drawn %d to %s', async (drawn, expected) => {
    const handler = handlerOf([old, fresh], { random: () => drawn });
    expect((await runHandler(handler, '/')).text()).toBe(expected);
  });

  it('lets a condition decide before the cookie, and the cookie before the draw', async () => {
    const handler = handlerOf([old, fresh], { cookie: 'way', random: () => 0.95 });
    const ask = async (Cookie: string) => (await runHandler(handler, { url: '/', headers: { Cookie } })).text();
    expect(await ask('way=old')).toBe('old');
    expect(await ask('way=old; beta=1')).toBe('new');
    expect(await ask('way=gone')).toBe('new');
  });

  it('takes only cookies that it has signed, if it has a secret', async () => {
    const options = { cookie: 'way', secret: 's', random: () => 0 };
    const handler = handlerOf([old, { name: 'new', weight: 1, run: says('new') }], options);
    const forged = await runHandler(handler, { url: '/', headers: { Cookie: 'way=new' } });
    expect(forged.text()).toBe('old');
    const cookie = forged.headers.get('set-cookie')!.split(';')[0]!;
    const bound = await runHandler(handlerOf([{ ...old, weight: 1 }, fresh], { ...options, random: () => 0.99 }), {
      url: '/',
      headers: { Cookie: cookie },
    });
    expect(bound.text()).toBe('old');
  });

  it('keeps a client on a branch that it has drawn, also if that has a condition too', async () => {
    const handler = handlerOf([old, fresh], { cookie: 'way', random: () => 0.95 });
    expect((await runHandler(handler, '/')).headers.get('set-cookie')).toMatch(/^way=new;/);
    const asked = await runHandler(handler, { url: '/', headers: { Cookie: 'beta=1' } });
    expect([asked.text(), asked.headers.get('set-cookie')]).toEqual(['new', undefined]);
  });

  it('binds nobody to a branch without weight, even by a cookie that it has signed before', async () => {
    const options = { cookie: 'way', secret: 's', random: () => 0 };
    const before = await runHandler(handlerOf([{ ...fresh, when: {} as never, weight: 1 }, old], options), '/');
    expect(before.text()).toBe('new');
    const drawn = await runHandler(handlerOf([{ name: 'new', weight: 1, run: says('new') }, old], options), '/');
    const cookie = drawn.headers.get('set-cookie')!.split(';')[0]!;
    const now = handlerOf([{ name: 'new', weight: 0, run: says('new') }, old], options);
    expect((await runHandler(now, { url: '/', headers: { Cookie: cookie } })).text()).toBe('old');
  });

  it.each([
    'way=new; way=old',
    'way="new"',
    'way=new\xff',
    'way=%6e%65%77',
    `way=${'x'.repeat(100_000)}`,
    `${'a=1; '.repeat(10_000)}way=new`,
    'way',
    '=new',
    ';;;way=;',
  ])('answers a request with a forged cookie (%#) by weight, and sets the right one', async (Cookie) => {
    const other: Branch = { name: 'new', weight: 1, run: says('new') };
    const handler = handlerOf([old, other], { cookie: 'way', secret: 's', random: () => 0 });
    const answer = await runHandler(handler, { url: '/', headers: { Cookie } });
    expect(answer.text()).toBe('old');
    expect(answer.headers.get('set-cookie')).toMatch(/^way=old\.[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  it('sets nothing that a client has sent, whatever the branches are called', async () => {
    const odd: Branch = { name: 'a; Domain=evil.example\r\nX-Evil: 1', weight: 1, run: says('odd') };
    const answer = await runHandler(handlerOf([odd], { cookie: 'way' }), '/');
    expect(answer.headers.get('set-cookie')).toBe(
      'way=a%3B%20Domain%3Devil.example%0D%0AX-Evil%3A%201; Path=/; HttpOnly; SameSite=Lax',
    );
  });

  it('sets a cookie that needs HTTPS with Secure, over HTTP too', async () => {
    const answer = await runHandler(handlerOf([old], { cookie: '__Host-way' }), '/');
    expect(answer.headers.get('set-cookie')).toBe('__Host-way=old; Path=/; Secure; HttpOnly; SameSite=Lax');
  });

  it.each<[readonly Branch[], object, string]>([
    [[{ ...old, weight: 0 }], {}, 'a weight above 0'],
    [[{ ...old, weight: -1 }], {}, 'numbers from 0 on'],
    [[old, old], {}, 'different names'],
    [[{ ...old, name: '' }], {}, 'names that are texts'],
    [[{ ...old, name: 'x'.repeat(5000) }], { cookie: 'way' }, 'names that fit into a cookie'],
    [[old], { cookie: 'a;b' }, 'cookie: expected the name of a cookie, found "a;b"'],
    [[old], { cookie: 'a\r\nX: 1' }, 'cookie: expected the name of a cookie'],
    [[old], { cookie: 'way', secret: '' }, 'secret: expected a text'],
    [[old], { coookie: 'way' }, 'Did you mean `cookie`'],
  ])('refuses %j with %j', (branches, options, message) => {
    expect(() => split(branches, options)).toThrow(message);
  });
});

describe('mirror()', () => {
  const run = async (options: Parameters<typeof mirror>[1], body?: string) => {
    const copied: string[] = [];
    const copy = mirror(async ({ request }) => void copied.push(await request.body.text()), options);
    const handler: Handler<HttpContext> = (context) =>
      copy(context, async ({ request, response }) => {
        response.body = `got ${await request.body.text()}`;
      });
    const answer = await runHandler(handler, body === undefined ? '/' : { url: '/', method: 'POST', body });
    await new Promise((resolve) => setImmediate(resolve));
    return { answer: answer.text(), copied };
  };

  it('gives copies the same body, and the client its answer', async () => {
    expect(await run({}, 'hello')).toEqual({ answer: 'got hello', copied: ['hello'] });
    expect(await run({})).toEqual({ answer: 'got ', copied: [''] });
  });

  it('copies only its share, and no long bodies', async () => {
    expect((await run({ share: 0.5, random: () => 0.5 })).copied).toEqual([]);
    expect((await run({ maxBodyBytes: 4 }, 'hello')).copied).toEqual([]);
  });

  it.each([{ share: 50 }, { maxAtOnce: 0 }, { shar: 1 }])('refuses %j', (options) => {
    expect(() => mirror(says('x') as Handler<HttpContext>, options)).toThrow('not valid');
  });

  it('does not care when a copy fails', async () => {
    const told: string[] = [];
    const log = {
      debug: () => {},
      info: () => {},
      warn: (message: string) => void told.push(message),
      error: () => {},
    };
    const copy = mirror(() => Promise.reject(new Error('no')), { log });
    const handler: Handler<HttpContext> = (context) => copy(context, says('hello') as Handler<HttpContext>);
    expect((await runHandler(handler, '/')).text()).toBe('hello');
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual(['A copy of a request failed']);
  });
});
