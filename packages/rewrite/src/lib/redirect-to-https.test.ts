import type { HttpContext } from '@windhover/core';
import { type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { type HttpsRedirectOptions, redirectToHttps } from './redirect-to-https.ts';

const hello = ({ response }: HttpContext): void => {
  response.body = 'hello';
};

function run(init: RunInit, options?: HttpsRedirectOptions, before: (context: HttpContext) => void = () => undefined) {
  const middleware = redirectToHttps(options);
  return runHandler((context) => {
    before(context);
    return middleware(context, hello);
  }, init);
}

describe('redirectToHttps()', () => {
  it.each([
    [undefined, '/a/b?c=1&d', 'https://shop.example/a/b?c=1&d'],
    [undefined, '/caf%c3%a9?q=%20', 'https://shop.example/caf%C3%A9?q=%20'],
    [{ port: 8443 }, '/', 'https://shop.example:8443/'],
    [{ port: 443 }, '/', 'https://shop.example/'],
    [undefined, '//evil.example/', 'https://shop.example//evil.example/'],
  ])('with %j keeps host, path and query of %s', async (options, url, location) => {
    const result = await run({ url, headers: { Host: 'shop.example:8080' } }, options);
    expect([result.status, result.headers.get('location'), result.text()]).toEqual([308, location, '']);
  });

  it('sends the status that was asked for', async () => {
    expect((await run({ headers: { Host: 'a' }, method: 'POST' }, { status: 301 })).status).toBe(301);
  });

  it('passes on what came over HTTPS', async () => {
    expect((await run({ scheme: 'https', headers: { Host: 'a' } })).text()).toBe('hello');
  });

  it('believes a trusted proxy about scheme and host', async () => {
    const identity = { address: '192.0.2.1', port: null, host: 'shop.example', hostPort: null, source: 'proxy' };
    const over = (scheme: 'http' | 'https') => (context: HttpContext) => context.setClient({ ...identity, scheme });
    expect((await run({ headers: { Host: 'inside' } }, {}, over('https'))).text()).toBe('hello');
    const result = await run({ url: '/x', headers: { Host: 'inside' } }, {}, over('http'));
    expect(result.headers.get('location')).toBe('https://shop.example/x');
  });

  it('passes on what asks for no path', async () => {
    expect((await run({ method: 'OPTIONS', url: '*', headers: { Host: 'a' } })).text()).toBe('hello');
  });

  it('refuses a request that names no host', async () => {
    const result = await run({ headers: { Host: '' } });
    expect([result.status, result.headers.has('location')]).toEqual([400, false]);
  });

  it.each([{ port: 0 }, { port: 70_000 }, { status: 200 }, { ports: 1 }])('refuses %j', (options) => {
    expect(() => redirectToHttps(options as never)).toThrow(
      expect.objectContaining({ code: 'REWRITE_OPTION_INVALID' }),
    );
  });
});
