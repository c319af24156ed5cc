import type { HttpContext, Middleware } from '@windhover/core';
import { RequestBody, toPushBody } from '@windhover/core';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { fromFetch, toFetch, toHono } from '../src/index.ts';
import { serve } from './fixtures.ts';

/** Removes a field, replaces one and adds one. */
const change: Middleware<HttpContext> = (context, next) => {
  const { headers } = context.request;
  headers.delete('X-Forged');
  headers.set('X-Kept', 'new');
  headers.append('X-Added', 'yes');
  return next(context);
};
const sent = { 'X-Forged': 'root', 'X-Kept': 'old' };
const fieldsOf = ({ headers }: Request): unknown[] =>
  ['x-forged', 'x-kept', 'x-added'].map((name) => headers.get(name));
const changed = [null, 'new', 'yes'];

/** A Hono application behind middlewares, that tells in JSON what it sees. */
function honoBehind(...middlewares: Middleware<HttpContext>[]): Hono {
  const app = new Hono();
  for (const each of middlewares) app.use(toHono(each));
  app.use((c, next) => {
    c.header('X-Later', c.req.header('x-added') ?? 'no');
    return next();
  });
  app.all('*', async (c) =>
    c.json({ fields: fieldsOf(c.req.raw), url: c.req.url, path: c.req.path, body: await c.req.text() }),
  );
  return app;
}

const ways: Record<string, (app: Hono) => Promise<(init: RequestInit) => Promise<Response>>> = {
  'with a real Request': async (app) => async (init) => app.request('http://a.example/x?y', init),
  'with a light Request': async (app) => {
    const url = await serve(fromFetch(app));
    return (init) => fetch(`${url}/x?y`, init);
  },
  'with a real Request on our server': async (app) => {
    const url = await serve(fromFetch(app, { request: 'real' }));
    return (init) => fetch(`${url}/x?y`, init);
  },
};

describe.each(Object.entries(ways))('toHono() %s', (_name, start) => {
  it('gives later middlewares and handlers the fields that a middleware has left', async () => {
    const ask = await start(honoBehind(change));
    const answer = await ask({ headers: sent });
    expect(answer.headers.get('x-later')).toBe('yes');
    expect(await answer.json()).toMatchObject({ fields: changed, path: '/x', body: '' });
  });

  it('leaves the body to the application, also where one middleware after another changes the request', async () => {
    const ask = await start(
      honoBehind(change, (context, next) => {
        context.request.headers.set('X-Kept', 'newer');
        return next(context);
      }),
    );
    const answer = await ask({ method: 'POST', headers: sent, body: 'content' });
    expect(await answer.json()).toMatchObject({ fields: [null, 'newer', 'yes'], body: 'content' });
  });

  it('gives back a body that a middleware has read whole', async () => {
    const ask = await start(
      honoBehind(async (context, next) => {
        context.request.headers.set('X-Kept', await context.request.body.text());
        await next(context);
      }),
    );
    const answer = await ask({ method: 'POST', headers: sent, body: 'content' });
    expect(await answer.json()).toMatchObject({ fields: ['root', 'content', null], body: 'content' });
  });

  it('gives the application the body that a middleware has put in place', async () => {
    const ask = await start(
      honoBehind((context, next) => {
        context.request.body = new RequestBody(toPushBody('other'));
        return next(context);
      }),
    );
    expect(await (await ask({ method: 'POST', body: 'content' })).json()).toMatchObject({ body: 'other' });
  });

  it('shows a rewritten path, on the same host', async () => {
    const ask = await start(
      honoBehind((context, next) => {
        context.request.rewrite('//b.example/%C3%A9?z');
        return next(context);
      }),
    );
    const { url, path } = (await (await ask({})).json()) as { url: string; path: string };
    const { host, pathname, search } = new URL(url);
    expect(host).toMatch(/^(?:a\.example|127\.0\.0\.1:\d+)$/);
    expect([pathname, search, path]).toEqual(['//b.example/%C3%A9', '?z', '//b.example/é']);
  });
});

describe('toFetch()', () => {
  it('gives `next` the request itself if nothing was changed', async () => {
    const request = new Request('http://a.example/x', { method: 'POST', body: 'content', headers: sent });
    let got: Request | null = null;
    await toFetch((context, next) => next(context))(request, (given) => {
      got = given;
      return new Response();
    });
    expect(got).toBe(request);
  });

  it('gives `next` a request with the changes', async () => {
    const request = new Request('http://a.example/x', { headers: sent });
    const answer = await toFetch(change)(request, (given) => Response.json(fieldsOf(given)));
    expect(await answer.json()).toEqual(changed);
  });

  it('streams the body of a changed request as it arrives', async () => {
    let push: (text: string) => void = () => undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        push = (text) => controller.enqueue(new TextEncoder().encode(text));
      },
    });
    const request = new Request('http://a.example/x', { method: 'POST', body, duplex: 'half' } as RequestInit);
    const texts: string[] = [];
    await toFetch(change)(request, async (given) => {
      const reader = given.body!.getReader();
      for (const text of ['one', 'two']) {
        push(text);
        texts.push(new TextDecoder().decode((await reader.read()).value));
      }
      return new Response();
    });
    expect(texts).toEqual(['one', 'two']);
  });

  it('gives an application a used body if a middleware has streamed it away', async () => {
    const request = new Request('http://a.example/x', { method: 'POST', body: 'content' });
    const drain: Middleware<HttpContext> = async (context, next) => {
      for await (const _chunk of context.request.body);
      await change(context, next);
    };
    const answer = await toFetch(drain)(request, (given) => Response.json([given.bodyUsed, ...fieldsOf(given)]));
    expect(await answer.json()).toEqual([true, ...changed]);
  });

  it('aborts the signal of a changed request with the one of the host', async () => {
    const controller = new AbortController();
    const request = new Request('http://a.example/x', { signal: controller.signal });
    let signal: AbortSignal | null = null;
    const never = toFetch(change)(request, (given) => {
      signal = given.signal;
      return new Promise<Response>(() => undefined);
    });
    never.catch(() => undefined);
    controller.abort(new Error('gone'));
    expect(signal!.aborted).toBe(true);
  });

  it('gives the application what a fork has changed', async () => {
    const forked: Middleware<HttpContext> = async (context, next) => {
      const fork = await context.fork((own) => change(own, next));
      context.response.body = fork.response.takeBody();
      context.response.status = 200;
    };
    const request = new Request('http://a.example/x', { headers: sent });
    const answer = await toFetch(forked)(request, (given) => Response.json(fieldsOf(given)));
    expect(await answer.json()).toEqual(changed);
    expect(fieldsOf(request)).toEqual(['root', 'old', null]);
  });
});
