import { once } from 'node:events';
import http2 from 'node:http2';
import type { Connection } from '@windhover/core';
import { HttpError } from '@windhover/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask, http2Bench } from './http2-talk.ts';
import { turns } from './talk.ts';

const get = (path: string) => ({ ':path': path });
const post = (path: string) => ({ ':method': 'POST', ':path': path });

describe('a request of HTTP/2', () => {
  it('is seen like one of HTTP/1.1: host, path, fields and cookies', async () => {
    const { session } = http2Bench(({ request, response }) => {
      const { method, host, path, query, scheme, httpVersion, headers } = request;
      response.body = JSON.stringify({ method, host, path, query, scheme, httpVersion, all: [...headers] });
    });
    const headers = { ':path': '/a%2Eb?q=1', cookie: ['a=1', 'b=2'], 'x-own': 'yes' };
    const { text } = await ask(session(), headers);
    expect(JSON.parse(text)).toEqual({
      method: 'GET',
      host: 'example.com',
      path: '/a.b',
      query: 'q=1',
      scheme: 'http',
      httpVersion: '2.0',
      all: expect.arrayContaining([
        ['cookie', 'a=1; b=2'],
        ['x-own', 'yes'],
        ['host', 'example.com:80'],
      ]),
    });
  });

  it('is answered with date, length, and fields in lower case', async () => {
    const { session } = http2Bench(({ response }) => {
      response.headers.set('X-Own', 'yes');
      response.body = 'hello';
    });
    const { status, headers, text } = await ask(session(), get('/'));
    expect([status, text]).toEqual([200, 'hello']);
    expect(headers).toMatchObject({ 'x-own': 'yes', 'content-length': '5', date: expect.stringMatching(/GMT$/) });
  });

  it.each([
    ['HEAD', 'HEAD', 200, '', '5'],
    ['a 204', 'GET', 204, '', undefined],
    ['a 304', 'GET', 304, '', undefined],
    ['text beyond ASCII', 'GET', 200, 'héé', '5'],
  ])('frames %s', async (_, method, status, text, length) => {
    const { session } = http2Bench(({ response }) => {
      response.status = status;
      if (status === 200) response.body = 'héé';
    });
    const answer = await ask(session(), { ':method': method, ':path': '/' });
    expect([answer.status, Buffer.from(answer.text, 'latin1').toString(), answer.headers['content-length']]).toEqual([
      status,
      text,
      length,
    ]);
  });

  it('gets interim responses, a streamed body at its pace, and trailers', async () => {
    const { session } = http2Bench((context) => {
      context.inform(103, { link: '</style.css>; rel=preload' });
      context.response.body = (async function* () {
        for (let part = 0; part < 64; part++) yield 'x'.repeat(4096);
      })();
      context.response.trailers = () => ({ 'x-parts': '64' });
    });
    const { text, trailers, interim } = await ask(session(), get('/'));
    expect([text.length, trailers['x-parts'], interim]).toEqual([64 * 4096, '64', [103]]);
  });

  it('takes a body as fast as it is read, echoes it, and passes its trailers on', async () => {
    const { session } = http2Bench(({ request, response }) => void (response.body = request.body));
    const body = 'abcdefgh'.repeat(100_000);
    expect((await ask(session(), post('/'), body)).text).toBe(body);
  });

  it('holds back a client that sends what nobody reads', async () => {
    const { session } = http2Bench(() => new Promise<void>(() => undefined));
    const stream = session().request(post('/'));
    stream.on('error', () => undefined);
    stream.write(Buffer.alloc(4_000_000));
    await turns(50);
    expect(stream.session!.state.remoteWindowSize!).toBeLessThan(1_048_576);
    expect(stream.writableLength).toBeGreaterThan(3_000_000);
    stream.close();
  });

  it('is answered before its end, and then asked to send no more', async () => {
    const { session, clock } = http2Bench(({ response }) => void (response.body = 'early'));
    const stream = session().request(post('/'));
    const [head] = await once(stream, 'response');
    expect(head[':status']).toBe(200);
    stream.resume();
    await turns();
    clock.advance(2000);
    await once(stream, 'close');
    expect(stream.rstCode).toBe(0);
  });

  it.each([
    ['a path that is none', { ':path': '/%zz' }, 400],
    ['a host that is none', { ':authority': 'a b', ':path': '/' }, 400],
    ['fields beyond the limit', { ':path': '/', 'x-large': 'x'.repeat(40_000) }, 431],
  ])('is refused for %s', async (_, headers, status) => {
    const { session, protocolErrors } = http2Bench(() => undefined);
    const answer = await ask(session(), headers).catch(() => null);
    if (answer !== null) expect(answer.status).toBe(status);
    expect(protocolErrors).toHaveLength(1);
  });

  it('gets 408 for a body that comes too slowly', async () => {
    const { session, clock } = http2Bench(async ({ request, response }) => {
      response.body = await request.body.text();
    });
    const stream = session().request(post('/'));
    const answered = once(stream, 'response');
    stream.write('a');
    await turns();
    clock.advance(6000);
    const [head] = await answered;
    expect(head[':status']).toBe(408);
    stream.close();
  });

  it('gets 413 beyond the largest body', async () => {
    const { session } = http2Bench(
      async ({ request, response }) => {
        response.body = await request.body.text();
      },
      { limits: { maxRequestBodyBytes: 10 } },
    );
    const stream = session().request(post('/'));
    stream.on('error', () => undefined);
    stream.write('a'.repeat(100));
    const [head] = await once(stream, 'response');
    expect(head[':status']).toBe(413);
    stream.close();
  });
});

describe('an exchange of HTTP/2', () => {
  it('ends with its outcome once its bytes have left', async () => {
    const { session, outcomes } = http2Bench(({ response }) => void (response.body = 'hello'));
    await ask(session(), get('/'));
    await turns();
    expect(outcomes).toMatchObject([{ status: 200, bytesSent: 5, end: 'complete' }]);
  });

  it('is aborted when its client cancels it; others on the connection go on', async () => {
    const aborted: string[] = [];
    const { session, outcomes } = http2Bench(async (context) => {
      if (context.request.path === '/fast') context.response.body = 'fast';
      else await new Promise((resolve) => context.onAbort(({ message }) => resolve(aborted.push(message))));
    });
    const client = session();
    const slow = client.request(get('/slow'));
    slow.on('error', () => undefined);
    await turns();
    slow.close(8);
    await turns();
    expect((await ask(client, get('/fast'))).text).toBe('fast');
    await turns();
    expect(aborted).toHaveLength(1);
    expect(outcomes.map(({ end }) => end)).toEqual(['client-closed', 'complete']);
  });

  it('is reset when its handler fails in the middle of its answer, so that it never looks complete', async () => {
    const { session, outcomes } = http2Bench(({ response }) => {
      response.body = (async function* () {
        yield 'some';
        await turns(4);
        throw new Error('a bug');
      })();
    });
    const stream = session().request(get('/'));
    const failed = once(stream, 'error');
    stream.resume();
    expect((await failed)[0].message).toContain('INTERNAL_ERROR');
    expect(outcomes).toMatchObject([{ end: 'handler-failed' }]);
  });

  it('fails with 500 before its head is decided', async () => {
    const { session } = http2Bench(() => {
      throw new Error('a bug');
    });
    expect((await ask(session(), get('/'))).status).toBe(500);
  });

  it('answers an HttpError with its status', async () => {
    const { session } = http2Bench(() => {
      throw new HttpError(404, 'NOT_THERE', 'nothing here');
    });
    expect(await ask(session(), get('/'))).toMatchObject({ status: 404, text: 'nothing here\n' });
  });

  it('is sent to HTTP/1.1 where only Windows authentication is asked for', async () => {
    const { session } = http2Bench(({ response }) => {
      response.status = 401;
      response.headers.set('WWW-Authenticate', 'Negotiate');
    });
    const stream = session().request(get('/'));
    const [error] = await once(stream, 'error');
    expect(error.message).toContain('HTTP_1_1_REQUIRED');
  });

  it('is cut off when its client takes nothing for too long', async () => {
    const { session, clock, outcomes } = http2Bench(
      ({ response }) => void (response.body = new Uint8Array(1_000_000)),
      {
        limits: { responseGraceMs: 10_000 },
      },
    );
    const client = session();
    const stream = client.request(get('/'));
    stream.on('error', () => undefined);
    stream.pause();
    await turns(20);
    for (let second = 0; second < 24; second++) {
      clock.advance(1000);
      await turns(2);
    }
    expect(outcomes).toMatchObject([{ end: 'deadline' }]);
  });
});

describe('a tunnel in a stream', () => {
  const shout = (channel: Connection): void =>
    channel.attach({
      data: (chunk) => void channel.write(Buffer.from(chunk).toString('latin1').toUpperCase()),
      end: () => channel.end(),
      drain: () => undefined,
      close: () => undefined,
    });

  it('is opened by an extended CONNECT, which handlers see as the upgrade of a GET', async () => {
    const seen: unknown[] = [];
    const { server, outcomes } = http2Bench(({ request, response }) => {
      seen.push(request.method, request.upgrade, request.headers.get('sec-websocket-key')?.length);
      response.status = 101;
      response.headers.set('Sec-WebSocket-Accept', 'x');
      response.upgrade = shout;
    });
    const listener = await server.listen({ host: '127.0.0.1', port: 0 }, { http2: 'prior-knowledge' });
    const client = http2.connect(`http://${listener.name}`);
    onTestFinished(() => {
      client.destroy();
      return listener.close();
    });
    await once(client, 'remoteSettings');
    const stream = client.request(
      { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/chat', ':scheme': 'http', ':authority': 'a' },
      { endStream: false },
    );
    const [head] = await once(stream, 'response');
    expect([head[':status'], head['sec-websocket-accept']]).toEqual([200, undefined]);
    const big = 'quietly '.repeat(50_000);
    stream.end(big);
    let text = '';
    for await (const chunk of stream.setEncoding('latin1')) text += chunk;
    expect(text).toBe(big.toUpperCase());
    expect(seen).toEqual(['GET', 'websocket', 24]);
    await turns();
    expect(outcomes).toMatchObject([{ end: 'upgraded' }]);
  });
});

describe('a stop', () => {
  it('answers what is under way and what comes before the client has heard of it, then closes', async () => {
    let release = (): void => undefined;
    const { session, server, outcomes } = http2Bench(async ({ request, response }) => {
      if (request.path === '/slow') await new Promise<void>((resolve) => (release = resolve));
      response.body = request.path;
    });
    const client = session();
    const slow = ask(client, get('/slow'));
    await turns();
    const closed = server.close();
    const late = ask(client, get('/late'));
    await turns();
    release();
    expect((await slow).text).toBe('/slow');
    expect((await late).text).toBe('/late');
    await closed;
    expect(outcomes.map(({ end }) => end)).toEqual(['complete', 'complete']);
  });

  it('closes an idle connection at once', async () => {
    const { session, server } = http2Bench(({ response }) => void (response.body = 'hello'));
    const client = session();
    await ask(client, get('/'));
    await server.close();
    if (!client.closed) await once(client, 'close');
  });

  it('cuts off what is not over in time', async () => {
    const { session, server, clock, outcomes } = http2Bench(() => new Promise<void>(() => undefined));
    const stream = session().request(get('/'));
    stream.on('error', () => undefined);
    await turns();
    const closed = server.close({ timeoutMs: 1000 });
    await turns();
    clock.advance(1500);
    await turns();
    clock.advance(3000);
    await closed;
    expect(outcomes).toMatchObject([{ end: 'shutdown' }]);
  });
});

describe('a connection of HTTP/2', () => {
  it('is closed when it was idle for too long', async () => {
    const { session, clock } = http2Bench(({ response }) => void (response.body = 'hello'), {
      limits: { keepAliveTimeoutMs: 5000 },
    });
    const client = session();
    await ask(client, get('/'));
    for (let second = 0; second < 12; second++) {
      clock.advance(1000);
      await turns(3);
    }
    if (!client.closed) await once(client, 'close');
  });

  it('leaves after its last request, without losing one', async () => {
    const { session } = http2Bench(({ response }) => void (response.body = 'hello'), {
      limits: { maxRequestsPerConnection: 3 },
    });
    const client = session();
    const answers = await Promise.all([1, 2, 3].map(() => ask(client, get('/'))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    if (!client.closed) await once(client, 'close');
  });

  it('is listed with its protocol, and its requests with their stage', async () => {
    const { session, server } = http2Bench(() => new Promise<void>(() => undefined));
    const stream = session().request(get('/slow'));
    stream.on('error', () => undefined);
    await turns();
    expect(server.openConnections).toMatchObject([{ protocol: 'HTTP/2', state: 'busy', requests: 1 }]);
    expect(server.requestsUnderWay).toMatchObject([{ stage: 'handling' }]);
    stream.close();
  });
});
