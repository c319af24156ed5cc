import { describe, expect, it } from 'vitest';
import { fromConnect, toConnect } from '../src/index.ts';
import { ask } from './hosts.ts';
import { listen, quiet, tag } from './to-connect-hosts.ts';

describe('toConnect() on node:http', () => {
  it('answers by itself, 404 when it does not', async () => {
    const port = await listen(
      toConnect(
        ({ request, response }) => {
          if (request.path === '/') response.body = 'home';
          if (request.path === '/throws') throw new Error('secret');
        },
        { log: quiet },
      ),
    );
    expect(await ask(port, { path: '/' })).toMatchObject({ status: 200, body: 'home' });
    expect(await ask(port, { path: '/other' })).toMatchObject({ status: 404, body: 'Not Found\n' });
    expect(await ask(port, { path: '/throws' })).toMatchObject({ status: 500, body: 'Internal Server Error\n' });
    expect(await ask(port, { path: '/%00' })).toMatchObject({ status: 400 });
  });

  it('runs a listener behind it, whose failures it can answer', async () => {
    const port = await listen(
      toConnect(tag, {
        log: quiet,
        listener: async (request, response) => {
          if (request.url === '/rejects') throw new Error('rejected');
          response.end(`hello ${request.url}`);
        },
      }),
    );
    expect(await ask(port, { path: '/a' })).toMatchObject({
      body: 'hello /a',
      headers: { 'x-tag': '200', 'content-length': '8' },
    });
    expect(await ask(port, { path: '/rejects' })).toMatchObject({ status: 500 });
  });

  it('refuses the upgrade of a middleware', async () => {
    const errors: unknown[] = [];
    const log = {
      ...quiet,
      error: (_message: string, facts?: Record<string, unknown>) => void errors.push(facts?.error),
    };
    const port = await listen(
      toConnect(
        ({ response }) => {
          response.status = 101;
          response.upgrade = () => undefined;
        },
        { log },
      ),
    );
    expect((await ask(port, { path: '/' })).status).toBe(500);
    expect(errors).toMatchObject([{ code: 'CONNECT_UPGRADE' }]);
  });

  it.each([
    ['a middleware that is none', () => toConnect('x' as never), 'CONNECT_MIDDLEWARE_INVALID'],
    ['a listener that is none', () => toConnect(tag, { listener: 1 as never }), 'CONNECT_OPTION_INVALID'],
    ['a size that is none', () => toConnect(tag, { maxRequestBodyBytes: -1 }), 'CONNECT_OPTION_INVALID'],
    ['a misspelt option', () => toConnect(tag, { maxBodyBytes: 1 } as never), 'CONNECT_OPTION_INVALID'],
    ['a log that cannot be written to', () => fromConnect(() => 1, { log: {} as never }), 'CONNECT_OPTION_INVALID'],
  ])('refuses %s', (_name, make, code) => {
    expect(make).toThrowError(expect.objectContaining({ code }));
  });
});
