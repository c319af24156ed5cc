import { request as nodeRequest } from 'node:http';
import { type HttpContext, HttpError, type Middleware, type Outcome } from '@windhover/core';
import { requestId, requestIdKey } from '@windhover/request-id';
import compression from 'compression';
import cookieParser from 'cookie-parser';
import express from 'express';
import session from 'express-session';
import helmet from 'helmet';
import { describe, expect, it } from 'vitest';
import { contextOf, toConnect } from '../src/index.ts';
import { ask } from './hosts.ts';
import { expressWith, type Listener, listen, quiet, tag, upperCase } from './to-connect-hosts.ts';

describe('toConnect() in Express', () => {
  it.each<[string, Middleware<HttpContext>]>([
    [
      'synchronous',
      (context, next) => {
        context.onHead((response) => void response.headers.set('X-Tag', String(response.status)));
        return next(context);
      },
    ],
    ['asynchronous', tag],
  ])('lets a %s middleware add a header to answers of every kind', async (_name, middleware) => {
    const app = expressWith([middleware]);
    app.get('/send', (_request, response) => void response.send('sent'));
    app.get('/later', (_request, response) => void setImmediate(() => response.json({ a: 1 })));
    app.get('/stream', (_request, response) => {
      response.write('a');
      setImmediate(() => response.write('b', () => response.end('c')));
    });
    app.get('/plain', (_request, response) => void response.end('é', 'latin1'));
    app.get('/head', (_request, response) => void response.writeHead(201, 'Made', { 'X-A': 'b' }).end('made'));
    app.get(
      '/list',
      (_request, response) => void response.writeHead(200, ['X-A', '1', 'Set-Cookie', 'c', 'Set-Cookie', 'd']).end(),
    );
    app.get('/empty', (_request, response) => void response.status(204).end());
    app.get('/throws', () => {
      throw Object.assign(new Error('thrown'), { status: 418 });
    });
    const port = await listen(app as unknown as Listener);
    expect(await ask(port, { path: '/send' })).toMatchObject({
      status: 200,
      body: 'sent',
      headers: { 'x-tag': '200', 'content-length': '4' },
    });
    expect(await ask(port, { path: '/later' })).toMatchObject({ body: '{"a":1}', headers: { 'x-tag': '200' } });
    expect(await ask(port, { path: '/stream' })).toMatchObject({
      body: 'abc',
      headers: { 'x-tag': '200', 'transfer-encoding': 'chunked' },
    });
    expect(await ask(port, { path: '/plain' })).toMatchObject({ body: 'é', headers: { 'content-length': '1' } });
    expect(await ask(port, { path: '/head' })).toMatchObject({
      status: 201,
      body: 'made',
      headers: { 'x-a': 'b', 'x-tag': '201' },
    });
    expect((await ask(port, { path: '/list' })).headers).toMatchObject({
      'x-a': '1',
      'set-cookie': ['c', 'd'],
      'content-length': '0',
    });
    const empty = await ask(port, { path: '/empty' });
    expect(empty).toMatchObject({ status: 204, headers: { 'x-tag': '204' } });
    expect(empty.headers).not.toHaveProperty('content-length');
    expect(await ask(port, { path: '/throws' })).toMatchObject({ status: 418, headers: { 'x-tag': '418' } });
    expect(await ask(port, { path: '/unknown' })).toMatchObject({ status: 404, headers: { 'x-tag': '404' } });
    const head = await ask(port, { method: 'HEAD', path: '/send' });
    expect(head).toMatchObject({ status: 200, body: '', headers: { 'x-tag': '200', 'content-length': '4' } });
  });

  it('lets a middleware change status and headers that the application decided', async () => {
    const app = expressWith([
      async (context, next) => {
        await next(context);
        context.response.status = 203;
        context.response.headers.delete('X-Powered-By');
        context.response.headers.set('Content-Type', 'text/other');
        context.response.headers.append('Set-Cookie', 'two=2');
      },
    ]);
    app.get('/', (_request, response) => void response.cookie('one', '1').send('x'));
    const port = await listen(app as unknown as Listener);
    const { status, headers } = await ask(port, { path: '/' });
    expect(status).toBe(203);
    expect(headers).toMatchObject({ 'content-type': 'text/other', 'set-cookie': ['one=1; Path=/', 'two=2'] });
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('shows headers set before next to the application', async () => {
    const app = expressWith([
      (context, next) => {
        context.response.headers.set('X-Early', '1');
        return next(context);
      },
    ]);
    app.get('/', (_request, response) => void response.send(String(response.getHeader('X-Early'))));
    expect(await ask(await listen(app as unknown as Listener), { path: '/' })).toMatchObject({
      body: '1',
      headers: { 'x-early': '1' },
    });
  });

  it('transforms bodies, complete and streamed', async () => {
    const app = expressWith([upperCase]);
    app.get('/send', (_request, response) => void response.send('sent'));
    app.get('/stream', (_request, response) => {
      response.write('a');
      setImmediate(() => response.write('b', () => response.end('c')));
    });
    app.get('/trailers', (_request, response) => {
      response.setHeader('Trailer', 'X-Sum');
      response.write('t');
      response.addTrailers({ 'X-Sum': '7' });
      response.end();
    });
    app.get('/large', async (_request, response) => {
      for (let index = 0; index < 64; index++) {
        if (!response.write('x'.repeat(64 * 1024)))
          await new Promise((resolve) => response.once('drain', resolve as () => void));
      }
      response.end();
    });
    const port = await listen(app as unknown as Listener);
    const sent = await ask(port, { path: '/send' });
    expect(sent).toMatchObject({ status: 200, body: 'SENT' });
    expect(sent.headers).not.toHaveProperty('content-length');
    expect(await ask(port, { path: '/stream' })).toMatchObject({ body: 'ABC' });
    expect(await ask(port, { path: '/trailers' })).toMatchObject({ body: 'T', trailers: { 'x-sum': '7' } });
    expect((await ask(port, { path: '/large' })).body).toBe('X'.repeat(4 * 1024 * 1024));
    expect(await ask(port, { method: 'HEAD', path: '/send' })).toMatchObject({
      body: '',
      headers: { 'content-length': '4' },
    });
  });

  it('answers without the application when a middleware does not call next', async () => {
    let reached = 0;
    const app = expressWith([
      (context, next) => {
        const { request, response } = context;
        if (request.path === '/silent') return;
        if (request.path !== '/denied') return next(context);
        response.status = 403;
        response.headers.set('X-Why', 'policy');
        response.body = 'denied';
      },
    ]);
    app.use((_request, response) => {
      reached += 1;
      response.send('reached');
    });
    const port = await listen(app as unknown as Listener);
    expect(await ask(port, { path: '/denied' })).toMatchObject({
      status: 403,
      body: 'denied',
      headers: { 'x-why': 'policy', 'content-length': '6' },
    });
    // Not an answer is 404 on every server, and never a way into what is behind.
    expect(await ask(port, { path: '/silent' })).toMatchObject({ status: 404, body: 'Not Found\n' });
    expect(reached).toBe(0);
    expect(await ask(port, { path: '/' })).toMatchObject({ status: 200, body: 'reached' });
  });

  it('replaces the answer of an application and lets it write on in vain', async () => {
    let closed = 0;
    const app = expressWith([
      async (context, next) => {
        await next(context);
        context.response.body = 'instead';
      },
    ]);
    app.get('/endless', (_request, response) => {
      const timer = setInterval(() => response.write('more'), 1);
      response.on('close', () => {
        clearInterval(timer);
        closed += 1;
      });
      response.write('first');
    });
    const port = await listen(app as unknown as Listener);
    expect(await ask(port, { path: '/endless' })).toMatchObject({ status: 200, body: 'instead' });
    await expect.poll(() => closed).toBe(1);
  });

  it('gives thrown errors to the error handlers of the application', async () => {
    const app = expressWith([
      tag,
      (context, next) => {
        const { request } = context;
        if (request.path === '/auth')
          throw new HttpError(401, 'AUTH', 'Who?', { headers: { 'WWW-Authenticate': 'Basic' } });
        if (request.path === '/bug') return Promise.reject(new Error('bug'));
        return next(context);
      },
    ]);
    const plain = await listen(app as unknown as Listener);
    expect(await ask(plain, { path: '/auth' })).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Basic', 'x-tag': '401' },
    });
    app.use(((
      error: Error & { status?: number },
      _request: unknown,
      response: { status(code: number): { send(text: string): void } },
      _next: unknown,
    ) => {
      response.status(error.status ?? 500).send(`handled ${error.message}`);
    }) as never);
    const port = await listen(app as unknown as Listener);
    expect(await ask(port, { path: '/auth' })).toMatchObject({ status: 401, body: 'handled Who?' });
    expect(await ask(port, { path: '/bug' })).toMatchObject({
      status: 500,
      body: 'handled bug',
      headers: { 'x-tag': '500' },
    });
  });

  it('answers 500 for a middleware that fails after next, or calls it twice', async () => {
    const errors: unknown[] = [];
    const log = {
      ...quiet,
      error: (_message: string, facts?: Record<string, unknown>) => void errors.push(facts?.error),
    };
    const failing = expressWith(
      [
        async (context, next) => {
          await next(context);
          if (context.request.path === '/twice') await next(context);
          throw new Error('late');
        },
      ],
      { log },
    );
    failing.use((_request, response) => void response.send('fine'));
    const port = await listen(failing as unknown as Listener);
    expect(await ask(port, { path: '/' })).toMatchObject({ status: 500, body: 'Internal Server Error\n' });
    expect(await ask(port, { path: '/twice' })).toMatchObject({ status: 500 });
    expect(errors).toMatchObject([{ message: 'late' }, { code: 'CONNECT_NEXT_TWICE' }]);
  });

  it('shares one context among the middlewares of a request and with the application', async () => {
    const order: string[] = [];
    const step =
      (name: string): Middleware<HttpContext> =>
      async (context, next) => {
        order.push(`${name} in`);
        await next(context);
        order.push(`${name} out ${context.response.status}`);
      };
    const app = expressWith([step('a'), requestId(), step('b')]);
    app.get('/', (request, response) => void response.status(202).send(contextOf(request)?.get(requestIdKey)));
    const port = await listen(app as unknown as Listener);
    const { body, headers } = await ask(port, { path: '/' });
    expect(body).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers['x-request-id']).toBe(body);
    expect(order).toEqual(['a in', 'b in', 'b out 202', 'a out 202']);
  });

  it.each([
    ['at once', (response: { send(text: string): unknown }) => void response.send('plain')],
    ['later', (response: { send(text: string): unknown }) => void setImmediate(() => response.send('plain'))],
  ])('lets each go on when those within it are done, if the application answers %s', async (_when, answer) => {
    const seen: unknown[] = [];
    const outer: Middleware<HttpContext> = async (context, next) => {
      await next(context);
      seen.push(context.response.status, context.response.headers.get('x-inner'), context.response.body);
    };
    const inner: Middleware<HttpContext> = async (context, next) => {
      const { response } = context;
      await next(context);
      await new Promise((resolve) => setImmediate(resolve));
      response.status = 201;
      response.headers.set('X-Inner', 'yes');
      response.body = 'changed';
    };
    const app = expressWith([outer, inner]);
    app.get('/', (_request, response) => answer(response));
    const port = await listen(app as unknown as Listener);
    expect(await ask(port, { path: '/' })).toMatchObject({
      status: 201,
      body: 'changed',
      headers: { 'x-inner': 'yes' },
    });
    expect(seen).toEqual([201, 'yes', 'changed']);
  });

  it('shows an outer middleware the answer of one within it that failed', async () => {
    const statuses: number[] = [];
    const outer: Middleware<HttpContext> = async (context, next) => {
      await next(context);
      statuses.push(context.response.status);
      context.response.headers.set('X-Outer', 'yes');
    };
    const failing: Middleware<HttpContext> = async (context, next) => {
      await next(context);
      throw new Error('too late');
    };
    const app = expressWith([outer, failing], { log: quiet });
    app.get('/', (_request, response) => void response.send('plain'));
    const port = await listen(app as unknown as Listener);
    expect(await ask(port, { path: '/' })).toMatchObject({ status: 500, headers: { 'x-outer': 'yes' } });
    expect(statuses).toEqual([500]);
  });

  it('works between helmet, sessions, cookies and compression', async () => {
    const app = express();
    app.use(helmet(), compression({ threshold: 0 }));
    app.use(session({ secret: 's', resave: false, saveUninitialized: true }));
    app.use(toConnect(upperCase), cookieParser());
    app.get('/', (request, response) => {
      const data = (request as unknown as { session: { count?: number } }).session;
      data.count = (data.count ?? 0) + 1;
      response.send(`count ${data.count} ${request.cookies.z ?? ''}`);
    });
    const port = await listen(app as unknown as Listener);
    const first = await fetch(`http://127.0.0.1:${port}/`);
    expect(first.headers.get('content-encoding')).toBe('gzip');
    expect(first.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await first.text()).toBe('COUNT 1 ');
    const cookie = `${first.headers.get('set-cookie')!.split(';')[0]}; z=q`;
    expect(await (await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie } })).text()).toBe('COUNT 2 Q');
  });

  it('tells how the exchange ended', async () => {
    const outcomes: Outcome[] = [];
    const app = expressWith([
      (context, next) => {
        context.onSent((outcome) => void outcomes.push(outcome));
        return next(context);
      },
    ]);
    app.get('/', (_request, response) => void response.status(201).send('made'));
    app.get('/stuck', () => undefined);
    const port = await listen(app as unknown as Listener);
    await ask(port, { path: '/' });
    await expect.poll(() => outcomes.length).toBe(1);
    expect(outcomes[0]).toMatchObject({ status: 201, bytesSent: 4, end: 'complete' });
    const leaving = nodeRequest({ port, host: '127.0.0.1', path: '/stuck' });
    leaving.on('error', () => undefined).end();
    await new Promise((resolve) => leaving.on('socket', (socket) => socket.on('connect', resolve)));
    await ask(port, { path: '/' });
    leaving.destroy();
    await expect.poll(() => outcomes.length).toBe(3);
    expect(outcomes.find(({ end }) => end === 'client-closed')).toMatchObject({
      status: 0,
      error: { code: 'CONNECT_CLIENT_LEFT' },
    });
  });
});
