import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import cookie from '@fastify/cookie';
import multipart from '@fastify/multipart';
import { compose, type HttpContext, type Middleware } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fastifyErrors, fromFastify } from '../src/index.ts';
import { onNode, onWindhover, quiet } from './hosts.ts';

function makeApp(): FastifyInstance {
  const app = fastify({ trustProxy: 'loopback', bodyLimit: 1000, forceCloseConnections: true });
  app.register(cookie);
  app.register(multipart, { limits: { fileSize: 1_000_000 } });
  app.get('/text', async () => 'héllo');
  app.get('/json', async (request) => ({
    url: request.url,
    ip: request.ip,
    host: request.host,
    protocol: request.protocol,
  }));
  app.get('/users/:id', async (request) => ({ params: request.params, query: request.query }));
  app.get('/redirect', (_request, reply) => reply.redirect('/text'));
  app.get('/cookies', (request, reply) =>
    reply.setCookie('a', '1', { httpOnly: true }).setCookie('b', '2').send(request.cookies),
  );
  app.post('/json', async (request) => ({ got: request.body }));
  app.post(
    '/valid',
    {
      schema: {
        body: { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } },
        response: { 200: { type: 'object', properties: { n: { type: 'integer' } } } },
      },
    },
    async (request) => ({ ...(request.body as object), hidden: true }),
  );
  app.post('/file', async (request) => {
    const file = await request.file();
    const bytes = await file!.toBuffer();
    return { name: file!.filename, size: bytes.byteLength };
  });
  app.get('/stream', (_request, reply) => reply.type('text/plain').send(Readable.from(['a', 'b', 'c'])));
  app.get('/web', (_request, reply) => reply.send(new Response('web', { status: 202, headers: { 'X-Web': '1' } })));
  app.get('/bytes', (_request, reply) => reply.send(Buffer.from([0, 255])));
  app.get('/empty', (_request, reply) => reply.code(204).send());
  app.get('/upgrade', (_request, reply) => reply.code(426).header('Upgrade', 'websocket').send('ws'));
  app.get('/trailers', (_request, reply) => {
    reply.trailer('X-Sum', (_reply, _payload, done) => done(null, '7'));
    return reply.send(Readable.from(['t']));
  });
  app.get('/throws', async () => {
    throw Object.assign(new Error('thrown'), { statusCode: 418 });
  });
  return app;
}

const json = { 'Content-Type': 'application/json' };
const cases: [string, string, RequestInit?][] = [
  ['text', '/text'],
  ['HEAD of a text', '/text', { method: 'HEAD' }],
  ['parameters', '/users/a%2Fb?x=1&x=2'],
  ['a redirect', '/redirect', { redirect: 'manual' }],
  ['cookies', '/cookies', { headers: { Cookie: 'z=1' } }],
  ['a JSON upload', '/json', { method: 'POST', headers: json, body: '{"a":[1]}' }],
  ['broken JSON', '/json', { method: 'POST', headers: json, body: '{"a"' }],
  ['a body that is too large', '/json', { method: 'POST', headers: json, body: JSON.stringify('x'.repeat(1000)) }],
  ['an unsupported media type', '/json', { method: 'POST', headers: { 'Content-Type': 'x/y' }, body: 'x' }],
  ['a valid body, the answer by its schema', '/valid', { method: 'POST', headers: json, body: '{"n":"7"}' }],
  ['a body that is not valid', '/valid', { method: 'POST', headers: json, body: '{"n":"x"}' }],
  ['a stream', '/stream'],
  ['HEAD of a stream', '/stream', { method: 'HEAD' }],
  ['a web response', '/web'],
  ['bytes', '/bytes'],
  ['204', '/empty'],
  ['an offered upgrade', '/upgrade'],
  ['announced trailers', '/trailers'],
  ['an error with a status', '/throws'],
  ['an unknown path', '/unknown'],
  ['an unknown method', '/text', { method: 'DELETE' }],
];

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.setEncoding('latin1');
  await once(socket, 'connect');
  return socket;
}

describe('fromFastify()', () => {
  it.each(cases)('answers %s as on node:http', async (_name, path, init) => {
    const answers = [];
    for (const host of [onWindhover, onNode]) {
      const response = await fetch(`http://127.0.0.1:${await host(makeApp())}${path}`, init);
      const headers = Object.fromEntries(response.headers);
      for (const own of ['date', 'connection', 'keep-alive']) delete headers[own];
      answers.push({
        status: response.status,
        headers,
        body: await response.text(),
        cookies: response.headers.getSetCookie(),
      });
    }
    const [ours, theirs] = answers as [(typeof answers)[0], (typeof answers)[0]];
    // A known end has a length here where node:http sends chunks, and what a HEAD would be is told.
    if (theirs.headers['transfer-encoding'] !== undefined) delete ours.headers['content-length'];
    for (const { headers } of answers) delete headers['transfer-encoding'];
    expect(ours).toEqual(theirs);
  });

  it('adds its cookies to those of a middleware, and joins Vary', async () => {
    const app = fastify();
    app.get('/', (_request, reply) => reply.header('set-cookie', 'app=1').header('vary', 'Accept').send('x'));
    const csrf: Middleware<HttpContext> = (context, next) => {
      context.response.headers.set('Set-Cookie', 'csrf=1').set('Vary', 'Origin');
      return next(context);
    };
    const answer = await runHandler(compose([csrf], await fromFastify(app, { log: quiet })), '/');
    expect(answer.headers.getAll('set-cookie')).toEqual(['csrf=1', 'app=1']);
    expect(answer.headers.get('vary')).toBe('Origin, Accept');
  });

  it('knows the client behind a trusted proxy', async () => {
    const port = await onWindhover(makeApp());
    const headers = {
      'X-Forwarded-For': '203.0.113.7',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'shop.example',
    };
    const answer = await (await fetch(`http://127.0.0.1:${port}/json`, { headers })).json();
    expect(answer).toEqual({ url: '/json', ip: '203.0.113.7', host: 'shop.example', protocol: 'https' });
  });

  it('takes uploads', async () => {
    const app = fastify();
    app.register(multipart, { limits: { fileSize: 1_000_000 } });
    app.post('/file', async (request) => {
      const file = await request.file();
      return { name: file!.filename, size: (await file!.toBuffer()).byteLength };
    });
    const port = await onWindhover(app);
    const data = new FormData();
    data.set('file', new Blob(['f'.repeat(300_000)]), 'file.txt');
    const answer = await fetch(`http://127.0.0.1:${port}/file`, { method: 'POST', body: data });
    expect(await answer.json()).toEqual({ name: 'file.txt', size: 300_000 });
    const large = new FormData();
    large.set('file', new Blob(['f'.repeat(1_000_001)]), 'large.txt');
    expect((await fetch(`http://127.0.0.1:${port}/file`, { method: 'POST', body: large })).status).toBe(413);
  });

  it('cuts a stream that fails', async () => {
    const app = fastify();
    app.get('/', (_request, reply) =>
      reply.send(
        Readable.from(
          (async function* () {
            yield 'begun';
            await new Promise((resolve) => setImmediate(resolve));
            throw new Error('broken');
          })(),
        ),
      ),
    );
    const socket = await open(await onWindhover(app));
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk;
    });
    socket.on('error', () => undefined); // a reset is a cut too
    await new Promise((resolve) => socket.on('close', resolve));
    expect(heard).toContain('200 OK');
    expect(heard).toContain('begun');
    expect(heard).not.toContain('\r\n0\r\n');
  });

  it('ends the stream of a client that leaves', async () => {
    const app = fastify();
    let destroyed = 0;
    const events = new Readable({
      read: () => undefined,
      destroy: (error, callback) => {
        destroyed += 1;
        callback(error);
      },
    });
    app.get('/', (_request, reply) => reply.type('text/event-stream').send(events));
    const socket = await open(await onWindhover(app));
    events.push('data: 1\n\n');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    let heard = '';
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      heard += chunk as string;
      if (heard.includes('data: 1')) break;
    }
    socket.destroy();
    await expect.poll(() => destroyed).toBe(1);
  });

  it('rejects with the error of a plugin, and rejects a value that is not an instance', async () => {
    const failing = fastify();
    failing.register(async () => {
      throw new Error('no database');
    });
    await expect(fromFastify(failing)).rejects.toThrow('no database');
    await expect(fromFastify({} as never)).rejects.toMatchObject({ code: 'FASTIFY_APP_INVALID' });
    const listening = fastify();
    await onNode(listening);
    await expect(fromFastify(listening)).rejects.toMatchObject({ code: 'FASTIFY_APP_INVALID' });
  });

  it('takes an instance that is ready already', async () => {
    const app = fastify();
    app.get('/', async () => 'Hello');
    await app.ready();
    expect(await (await fetch(`http://127.0.0.1:${await onWindhover(app)}/`)).text()).toBe('Hello');
  });

  it('runs the onClose hooks of the instance when it is closed', async () => {
    let closed = 0;
    const app = fastify();
    app.addHook('onClose', async () => {
      closed += 1;
    });
    await fromFastify(app);
    expect(app.server.address()).toBeNull();
    await app.close();
    expect(closed).toBe(1);
  });

  it('warns of an instance that listens by itself too, and leaves it as it is', async () => {
    const app = fastify();
    const { listen } = app;
    const warnings: unknown[] = [];
    await fromFastify(app, { log: { ...quiet, warn: (...input) => warnings.push(input) } });
    expect(app.listen).toBe(listen);
    await onNode(app);
    expect(warnings).toEqual([[fastifyErrors.FASTIFY_LISTEN, { code: 'FASTIFY_LISTEN' }]]);
  });

  it('refuses options that it does not have', async () => {
    await expect(fromFastify(fastify(), { lgo: quiet } as never)).rejects.toMatchObject({
      code: 'FASTIFY_OPTION_INVALID',
      message: 'An option is not valid: fromFastify(): expected `log`, found `lgo`. Did you mean `log`?',
    });
  });
});
