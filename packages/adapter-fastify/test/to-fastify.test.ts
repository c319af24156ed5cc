import { type IncomingHttpHeaders, request } from 'node:http';
import { Readable } from 'node:stream';
import cookie from '@fastify/cookie';
import multipart from '@fastify/multipart';
import { contextOf } from '@windhover/adapter-connect';
import { type Body, type HttpContext, HttpError, type Middleware } from '@windhover/core';
import { requestId, requestIdKey } from '@windhover/request-id';
import { errorPages } from '@windhover/respond';
import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { fastifyErrors, toFastify } from '../src/index.ts';
import { onNode, onWindhover, quiet } from './hosts.ts';

const tag: Middleware<HttpContext> = async (context, next) => {
  await next(context);
  context.response.headers.set('X-Tag', String(context.response.status));
};

const shout: Middleware<HttpContext> = async (context, next) => {
  await next(context);
  const { response, request } = context;
  if (response.body !== null && request.method !== 'HEAD') response.body = upperCase(response.takeBody());
};

function upperCase(body: Body): Body {
  if (typeof body === 'string') return body.toUpperCase();
  return Readable.from(chunks(body)).map((chunk: Uint8Array | string) => String(chunk).toUpperCase());
}

async function* chunks(body: Body): AsyncGenerator<Uint8Array | string> {
  const { toPushBody } = await import('@windhover/core');
  const all: Uint8Array[] = [];
  await new Promise<void>((resolve, reject) => {
    toPushBody(body).start({
      write: (chunk) => {
        all.push(Buffer.from(chunk));
        return true;
      },
      end: () => resolve(),
      fail: reject,
    });
  });
  yield* all;
}

describe.each([
  ['its own server', onNode],
  ['a Windhover server', onWindhover],
] as const)('toFastify() on %s', (_name, host) => {
  it('runs around routes, nested ones, HEAD and 404s', async () => {
    const app = fastify();
    app.register(toFastify(tag));
    app.get('/', async () => 'root');
    app.register(async (nested) => {
      nested.get('/nested', async (_request, reply) => reply.code(202).send({ a: 1 }));
    });
    const base = `http://127.0.0.1:${await host(app)}`;
    const root = await fetch(`${base}/`);
    expect([root.headers.get('x-tag'), await root.text()]).toEqual(['200', 'root']);
    expect((await fetch(`${base}/nested`)).headers.get('x-tag')).toBe('202');
    expect((await fetch(`${base}/unknown`)).headers.get('x-tag')).toBe('404');
    const head = await fetch(`${base}/`, { method: 'HEAD' });
    expect([head.headers.get('x-tag'), head.headers.get('content-length')]).toEqual(['200', '4']);
  });

  it('transforms replies, complete and streamed', async () => {
    const app = fastify();
    app.register(toFastify(shout));
    app.get('/text', async () => 'text');
    app.get('/stream', (_request, reply) => reply.send(Readable.from(['a', 'b', 'c'])));
    const base = `http://127.0.0.1:${await host(app)}`;
    expect(await (await fetch(`${base}/text`)).text()).toBe('TEXT');
    expect(await (await fetch(`${base}/stream`)).text()).toBe('ABC');
  });

  it('answers in place of the application, and never falls through to it', async () => {
    let reached = 0;
    const app = fastify();
    app.register(
      toFastify(({ request, response }) => {
        if (request.path !== '/denied') return;
        response.status = 403;
        response.body = 'denied';
      }),
    );
    app.get('/*', async () => {
      reached += 1;
      return 'reached';
    });
    const base = `http://127.0.0.1:${await host(app)}`;
    const denied = await fetch(`${base}/denied`);
    expect([denied.status, await denied.text()]).toEqual([403, 'denied']);
    expect((await fetch(`${base}/silent`)).status).toBe(404);
    expect(reached).toBe(0);
  });

  it('offers an upgrade that it is asked to (RFC 9110 §7.8)', async () => {
    const app = fastify();
    app.register(
      toFastify(() => {
        throw new HttpError(426, 'TEST_UPGRADE', 'ws', { headers: { Upgrade: 'websocket' } });
      }),
    );
    app.get('/', async () => 'reached');
    const { status, headers } = await new Promise<{ status: number | undefined; headers: IncomingHttpHeaders }>(
      (resolve, reject) => {
        void host(app).then((port) => {
          const asked = request({ host: '127.0.0.1', port, agent: false }, (response) => {
            response.resume();
            resolve({ status: response.statusCode, headers: response.headers });
          });
          asked.on('error', reject);
          asked.end();
        });
      },
    );
    expect([status, headers.upgrade, headers.connection]).toEqual([426, 'websocket', 'upgrade, close']);
  });

  it('answers when it is aborted, and ignores a reply that comes later', async () => {
    const logged: unknown[] = [];
    const app = fastify();
    let goOn: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    app.register(
      toFastify(
        (context, next) => {
          if (context.request.path === '/late')
            setImmediate(() => context.abort(new HttpError(503, 'TEST', 'Too late')));
          return next(context);
        },
        { log: { ...quiet, error: (message) => void logged.push(message) } },
      ),
    );
    app.get('/late', async (_request, reply) => {
      await gone;
      return reply.header('X-Late', '1').send({ late: true });
    });
    app.get('/next', async () => 'next');
    const base = `http://127.0.0.1:${await host(app)}`;
    const answer = await fetch(`${base}/late`);
    expect([answer.status, await answer.text()]).toEqual([503, 'Service Unavailable\n']);
    goOn();
    expect(await (await fetch(`${base}/next`)).text()).toBe('next');
    expect(logged).toEqual(['Too late']);
  });

  it('gives thrown errors to the error handler', async () => {
    const app = fastify();
    app.register(
      toFastify(() => {
        throw new HttpError(401, 'AUTH', 'Who?', { headers: { 'WWW-Authenticate': 'Basic' } });
      }),
    );
    app.get('/', async () => 'reached');
    app.register(async (nested) => {
      nested.setErrorHandler((error, _request, reply) => reply.code(499).send({ handled: (error as HttpError).code }));
      nested.get('/nested', async () => 'reached');
    });
    const base = `http://127.0.0.1:${await host(app)}`;
    const answer = await fetch(`${base}/`);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Basic']);
    const nested = await fetch(`${base}/nested`);
    expect([nested.status, await nested.json()]).toEqual([499, { handled: 'AUTH' }]);
  });

  it('leaves cookies, forms and bodies to the application, read before or not', async () => {
    const app = fastify();
    app.register(
      toFastify(async (context, next) => {
        if (context.request.headers.has('x-read')) await context.request.body.bytes();
        await next(context);
      }),
    );
    app.register(requestIds);
    app.register(cookie);
    app.register(multipart);
    app.post('/json', async (request) => ({
      body: request.body,
      cookie: request.cookies.a,
      id: contextOf(request.raw)?.get(requestIdKey),
    }));
    app.post('/file', async (request) => ({ size: (await (await request.file())!.toBuffer()).byteLength }));
    const base = `http://127.0.0.1:${await host(app)}`;
    for (const read of [{}, { 'X-Read': '1' }]) {
      const headers = { ...read, 'Content-Type': 'application/json', Cookie: 'a=b' };
      const json = await fetch(`${base}/json`, { method: 'POST', headers, body: '{"n":1}' });
      expect(await json.json()).toEqual({ body: { n: 1 }, cookie: 'b', id: json.headers.get('x-request-id') });
      const data = new FormData();
      data.set('file', new Blob(['f'.repeat(300_000)]), 'file.txt');
      expect(await (await fetch(`${base}/file`, { method: 'POST', headers: read, body: data })).json()).toEqual({
        size: 300_000,
      });
    }
  });

  it('shows our error pages for answers without a body', async () => {
    const app = fastify();
    app.register(toFastify(errorPages()));
    app.get('/', (_request, reply) => reply.code(410).send());
    const answer = await fetch(`http://127.0.0.1:${await host(app)}/`, { headers: { Accept: 'text/html' } });
    expect(answer.status).toBe(410);
    expect(await answer.text()).toContain('<title>410');
  });
});

const requestIds = toFastify(requestId(), { log: quiet });

describe('toFastify()', () => {
  it('runs in inject()', async () => {
    const app = fastify();
    app.register(toFastify(tag));
    app.get('/', async () => 'root');
    const answer = await app.inject('/');
    expect([answer.headers['x-tag'], answer.body]).toEqual(['200', 'root']);
  });

  it('gives the error handler an HttpError with its status, with and without headers', async () => {
    for (const headers of [undefined, { 'WWW-Authenticate': 'Basic' }]) {
      const app = fastify();
      const options = headers === undefined ? {} : { headers };
      const refuse: Middleware<HttpContext> = () => {
        throw new HttpError(401, 'APP_NO_USER', 'Who are you?', options);
      };
      app.register(toFastify(refuse, { log: quiet }));
      app.get('/', async () => 'secret');
      const answer = await app.inject('/');
      const challenge = [answer.headers['www-authenticate']].flat()[0];
      expect([answer.statusCode, challenge]).toEqual([401, headers?.['WWW-Authenticate']]);
      expect(answer.json()).toMatchObject({ code: 'APP_NO_USER', message: 'Who are you?' });
    }
  });

  it('refuses options that it does not have', () => {
    expect(() => toFastify(tag, { maxBodyBytes: 1 } as never)).toThrow(
      'toFastify(): expected `maxRequestBodyBytes` or `log`, found `maxBodyBytes`',
    );
    expect(() => toFastify(tag, { listener: () => undefined } as never)).toThrow('found `listener`');
  });

  it('refuses an HTTP/2 instance', async () => {
    const app = fastify({ http2: true });
    app.register(toFastify(tag) as never);
    await expect(app.ready()).rejects.toThrow(fastifyErrors.FASTIFY_HTTP2);
  });
});
