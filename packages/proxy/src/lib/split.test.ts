import type { Handler, HttpContext, Middleware } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { mirror } from './mirror.ts';
import { type Branch, type SplitOptions, split } from './split.ts';

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

  it.each([
    [[{ ...old, weight: 0 }], 'a weight above 0'],
    [[old, old], 'different names'],
  ])('refuses branches without a weight or with one name', (branches, message) => {
    expect(() => split(branches)).toThrow(message);
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
