import { clientAddress } from '@windhover/client-address';
import { type HttpContext, HttpError, type Middleware, type Outcome, toPushBody } from '@windhover/core';
import { errorPages, respond } from '@windhover/respond';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { fromFetch, toFetch, toHono } from '../src/index.ts';
import { serve, tag } from './fixtures.ts';

const get = (path = '/'): Request => new Request(`http://example.com${path}`);

/** Upper case, chunk by chunk. */
const loud: Middleware<HttpContext> = async (context, next) => {
  await next(context);
  const body = context.response.takeBody();
  context.response.body = toUpper(body as never);
};

async function* toUpper(body: Parameters<typeof toPushBody>[0]): AsyncGenerator<string> {
  const chunks: string[] = [];
  await new Promise<void>((resolve, reject) =>
    toPushBody(body).start({
      write: (chunk) => chunks.push(new TextDecoder().decode(chunk).toUpperCase()) > 0,
      end: () => resolve(),
      fail: reject,
    }),
  );
  yield* chunks;
}

describe('toFetch()', () => {
  it('changes headers and lets the body pass', async () => {
    const host = new Response('text', {
      status: 201,
      headers: [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ],
    });
    const { body } = host;
    const answer = await toFetch(tag)(get(), () => host);
    expect([answer.status, answer.headers.get('x-tag')]).toEqual([201, 'yes']);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(answer.body).toBe(body);
    expect(await answer.text()).toBe('text');
  });

  it('transforms a body', async () => {
    expect(await (await toFetch(loud)(get(), () => new Response('text'))).text()).toBe('TEXT');
  });

  it('answers without next', async () => {
    const never = (): Response => {
      throw new Error('next was called');
    };
    const middleware = toFetch(respond({ status: 418, body: 'tea' }));
    const answer = await middleware(get(), never);
    expect([answer.status, await answer.text()]).toEqual([418, 'tea']);
  });

  it('names an offered upgrade in Connection too, and announces no trailers (RFC 9110 §7.8)', async () => {
    const middleware = toFetch(() => {
      throw new HttpError(426, 'TEST_UPGRADE', 'ws', { headers: { Upgrade: 'websocket', Trailer: 'X-Sum' } });
    });
    const { status, headers } = await middleware(get(), () => new Response());
    expect([status, headers.get('upgrade'), headers.get('connection')]).toEqual([426, 'websocket', 'upgrade']);
    expect(headers.has('trailer')).toBe(false);
  });

  it('answers 404 when no handler answers', async () => {
    expect((await toFetch(() => undefined)(get(), () => new Response())).status).toBe(404);
  });

  it('answers an HttpError, and rejects with other errors', async () => {
    const refuse = toFetch(() => {
      throw new HttpError(403, 'NO', 'not you', { headers: { 'X-Why': 'no' } });
    });
    const answer = await refuse(get(), () => new Response());
    expect([answer.status, answer.headers.get('x-why'), await answer.text()]).toEqual([403, 'no', 'not you\n']);
    const fail = toFetch((context, next) => next(context));
    await expect(fail(get(), () => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
  });

  it('gives error pages to the answers of the host', async () => {
    const request = new Request('http://a/x', { headers: { Accept: 'application/json' } });
    const answer = await toFetch(errorPages())(request, () => new Response(null, { status: 404 }));
    expect([answer.status, await answer.json()]).toEqual([404, { title: 'Not Found', status: 404 }]);
  });

  it('lets middleware read the body of the request', async () => {
    const echo = toFetch(async ({ request, response }) => {
      response.body = await request.body.text();
    });
    const request = new Request('http://a/', { method: 'POST', body: 'abc' });
    expect(await (await echo(request, () => new Response())).text()).toBe('abc');
  });

  it('leaves the body of the request to the host', async () => {
    const request = new Request('http://a/', { method: 'POST', body: 'abc' });
    const answer = await toFetch(tag)(request, async () => new Response(await request.text()));
    expect(await answer.text()).toBe('abc');
  });

  it('tells aborts to the middleware and to the stream of the host', async () => {
    let cancelled: unknown = null;
    let aborted: unknown = null;
    const outcomes: Outcome[] = [];
    const controller = new AbortController();
    const middleware = toFetch(async (context, next) => {
      context.onAbort((reason) => {
        aborted = reason;
      });
      context.onSent((outcome) => outcomes.push(outcome));
      await next(context);
    });
    const stream = new ReadableStream({
      pull: (each) => each.enqueue(new Uint8Array(3)),
      cancel: (reason) => {
        cancelled = reason;
      },
    });
    const request = new Request('http://a/', { signal: controller.signal });
    const answer = await middleware(request, () => new Response(stream));
    const reader = answer.body!.getReader();
    await reader.read();
    const gone = new Error('gone');
    controller.abort(gone);
    await reader.cancel(gone);
    expect([aborted, cancelled]).toEqual([gone, gone]);
    expect(outcomes).toMatchObject([{ status: 200, bytesSent: 3, end: 'client-closed' }]);
  });

  it('refuses a value that is not a middleware', () => {
    expect(() => toFetch(null as never)).toThrow(/expected a function/);
    expect(() => toFetch(tag, { other: 1 } as never)).toThrow(/expected `connection`, found `other`/);
  });
});

describe('toHono()', () => {
  it('works inside Hono on a Windhover server', async () => {
    const app = new Hono();
    app.use(toHono(clientAddress({ trust: ['loopback'] })) as never);
    app.use(toHono(tag) as never);
    app.use('/loud', toHono(loud) as never);
    app.use('/no', toHono(respond({ status: 403, body: 'no' })) as never);
    app.all('*', (c) => c.text('hello', 200, { 'X-Own': '1' }));
    const url = await serve(fromFetch(app));
    const answer = await fetch(`${url}/loud`);
    expect([answer.headers.get('x-tag'), answer.headers.get('x-own'), await answer.text()]).toEqual([
      'yes',
      '1',
      'HELLO',
    ]);
    const no = await fetch(`${url}/no`);
    expect([no.status, no.headers.get('x-tag'), await no.text()]).toEqual([403, 'yes', 'no']);
  });

  it('can take headers away', async () => {
    const app = new Hono();
    app.use(
      toHono(async (context, next) => {
        await next(context);
        context.response.headers.delete('x-own');
      }) as never,
    );
    app.get('/', (c) => c.text('hello', 200, { 'X-Own': '1' }));
    expect((await app.request('/')).headers.has('x-own')).toBe(false);
  });
});
