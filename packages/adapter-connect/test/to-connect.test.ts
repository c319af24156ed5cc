import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as nodeRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientAddress } from '@windhover/client-address';
import { type HttpContext, HttpError, type Middleware, type Outcome } from '@windhover/core';
import { errorPages, requestId, requestIdKey } from '@windhover/respond';
import { createRouter, route } from '@windhover/router';
import { staticFiles } from '@windhover/static';
import compression from 'compression';
import cookieParser from 'cookie-parser';
import express from 'express';
import session from 'express-session';
import helmet from 'helmet';
import multer from 'multer';
import { describe, expect, it, onTestFinished } from 'vitest';
import { contextOf, toConnect } from '../src/index.ts';
import { ask, expressWith, type Listener, listen, quiet, tag, upperCase } from './to-connect-hosts.ts';

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

  it('gives what is thrown to the error handlers of the application', async () => {
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

  it('runs our client-address, router, error pages and static files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'windhover-to-connect-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'a.txt'), '0123456789');
    const app = expressWith([
      clientAddress({ trust: ['loopback'] }),
      errorPages(),
      createRouter([
        route(
          'GET',
          '/users/:id',
          ({ response, client }, { id }) => void (response.body = `${id} for ${client.address}`),
        ),
      ]),
    ]);
    app.use('/files', toConnect(staticFiles(folder)));
    app.get('/gone', (_request, response) => void response.status(410).end());
    app.get('/ours', (request, response) => void response.send(contextOf(request)?.client.address));
    const port = await listen(app as unknown as Listener);
    const headers = { 'X-Forwarded-For': '203.0.113.7' };
    expect(await ask(port, { path: '/users/7', headers })).toMatchObject({ status: 200, body: '7 for 203.0.113.7' });
    expect(await ask(port, { method: 'POST', path: '/users/7' })).toMatchObject({ status: 405 });
    expect(await ask(port, { path: '/ours', headers })).toMatchObject({ body: '203.0.113.7' });
    expect(await ask(port, { path: '/files/a.txt' })).toMatchObject({
      body: '0123456789',
      headers: { 'content-length': '10' },
    });
    expect(await ask(port, { path: '/files/a.txt', headers: { Range: 'bytes=2-4' } })).toMatchObject({
      status: 206,
      body: '234',
    });
    expect(await ask(port, { method: 'HEAD', path: '/files/a.txt' })).toMatchObject({
      body: '',
      headers: { 'content-length': '10' },
    });
    expect((await ask(port, { path: '/files/none' })).status).toBe(404);
    const gone = await ask(port, { path: '/gone', headers: { Accept: 'text/html' } });
    expect(gone.status).toBe(410);
    expect(gone.body).toContain('<title>410');
  });

  it('routes by the path that the middleware has judged', async () => {
    const app = expressWith([
      (context, next) => {
        const { request, response } = context;
        if (request.path.startsWith('/admin')) {
          response.status = 403;
          return;
        }
        if (request.path === '/old') request.rewrite('/new?from=old');
        return next(context);
      },
    ]);
    app.use((request, response) => void response.send(request.url));
    const port = await listen(app as unknown as Listener);
    for (const path of ['/admin/x', '/%61dmin/x', '/public/../admin/x', '/public/%2e%2e/admin/x']) {
      expect((await ask(port, { path })).status, path).toBe(403);
    }
    for (const path of ['/public%2F..%2Fadmin', '/a\\b', '/%00'])
      expect((await ask(port, { path })).status, path).toBe(400);
    expect((await ask(port, { path: '/old' })).body).toBe('/new?from=old');
    expect((await ask(port, { path: '/a/./b?q=%7e' })).body).toBe('/a/b?q=%7e');
  });

  it('shows changed request headers to the application', async () => {
    const app = expressWith([
      (context, next) => {
        context.request.headers.set('X-User', 'ann');
        context.request.headers.delete('X-Secret');
        return next(context);
      },
    ]);
    app.use((request, response) => void response.json(request.headers));
    const port = await listen(app as unknown as Listener);
    const headers = JSON.parse((await ask(port, { path: '/', headers: { 'X-Secret': 's', 'X-User': 'eve' } })).body);
    expect(headers).toMatchObject({ 'x-user': 'ann' });
    expect(headers).not.toHaveProperty('x-secret');
  });

  it('leaves uploads to the application, and gives back what it has read', async () => {
    const reading: Middleware<HttpContext> = async (context, next) => {
      if (context.request.headers.has('x-read')) context.set(sizeKey, (await context.request.body.bytes()).byteLength);
      await next(context);
    };
    const sizeKey = Symbol.for('test.size') as never;
    const app = expressWith([reading, tag]);
    app.post('/json', express.json(), (request, response) => void response.json(request.body));
    app.post(
      '/file',
      multer().single('file'),
      (request, response) => void response.json({ name: request.file?.originalname, size: request.file?.size }),
    );
    const port = await listen(app as unknown as Listener);
    const form = (): FormData => {
      const data = new FormData();
      data.set('file', new Blob(['f'.repeat(300_000)]), 'file.txt');
      return data;
    };
    for (const headers of [{}, { 'X-Read': '1' }]) {
      const file = await fetch(`http://127.0.0.1:${port}/file`, { method: 'POST', body: form(), headers });
      expect(await file.json()).toEqual({ name: 'file.txt', size: 300_000 });
      expect(file.headers.get('x-tag')).toBe('200');
      const json = await ask(port, {
        method: 'POST',
        path: '/json',
        body: '{"a":1}',
        headers: { ...headers, 'Content-Type': 'application/json' },
      });
      expect(json.body).toBe('{"a":1}');
    }
  });

  it('ends a body for the application that a middleware has read as a stream', async () => {
    const sizes: number[] = [];
    const app = expressWith([
      async (context, next) => {
        let size = 0;
        for await (const chunk of context.request.body) size += chunk.byteLength;
        sizes.push(size);
        await next(context);
      },
    ]);
    app.post('/', express.text(), (request, response) => void response.json(request.body ?? ''));
    const port = await listen(app as unknown as Listener);
    for (const size of [0, 5, 100_000]) {
      const headers = { 'Content-Type': 'text/plain', 'Transfer-Encoding': 'chunked' };
      expect((await ask(port, { method: 'POST', path: '/', headers, body: 'x'.repeat(size) })).body).toBe('""');
    }
    expect(sizes).toEqual([0, 5, 100_000]);
  });

  it('refuses more of a body than a middleware may read', async () => {
    const app = expressWith(
      [
        async (context, next) => {
          await context.request.body.bytes();
          await next(context);
        },
      ],
      { maxRequestBodyBytes: 10 },
    );
    app.use((_request, response) => void response.send('fine'));
    const port = await listen(app as unknown as Listener);
    expect((await ask(port, { method: 'POST', path: '/', body: 'x'.repeat(10) })).body).toBe('fine');
    expect((await ask(port, { method: 'POST', path: '/', body: 'x'.repeat(11) })).status).toBe(413);
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
  ])('refuses %s', (_name, make, code) => {
    expect(make).toThrowError(expect.objectContaining({ code }));
  });
});
