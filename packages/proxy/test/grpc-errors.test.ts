import { once } from 'node:events';
import http2 from 'node:http2';
import net, { type AddressInfo } from 'node:net';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { contextKey, type HttpContext, HttpError } from '@windhover/core';
import { ClientError, createHttpClient, type HttpClient } from '@windhover/http-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createUpstreams,
  type ReverseProxy,
  type ReverseProxyOptions,
  reverseProxy,
  type UpstreamsOptions,
} from '../src/index.ts';
import { type Front, setUpProxies, startHandler } from './proxy-fixtures.ts';

setUpProxies();

const pass = (bytes: Buffer): Buffer => bytes;

/** The error that a client of gRPC sees. */
async function callFails({ port }: Front): Promise<Pick<ServiceError, 'code' | 'details'>> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), { 'grpc.enable_retries': 0 });
  onTestFinished(() => client.close());
  return new Promise((resolve, reject) => {
    const options = { deadline: Date.now() + 60_000 };
    client.makeUnaryRequest('/test.Echo/Echo', pass, pass, Buffer.from('hello'), options, (error) => {
      if (error === null) reject(new Error('it was answered'));
      else resolve({ code: error.code, details: error.details });
    });
  });
}

/** A proxy in front of one server of HTTP/2. */
async function startFront(
  port: number,
  options: UpstreamsOptions = {},
  ofProxy: ReverseProxyOptions = {},
): Promise<Front> {
  const upstreams = createUpstreams([{ url: `http://127.0.0.1:${port}`, protocol: 'http2' }], options);
  onTestFinished(() => upstreams.close());
  return startHandler(reverseProxy(upstreams, ofProxy), {}, { http2: 'prior-knowledge' });
}

/** A server that answers as `handler` does. */
function startHandling(handler: (context: HttpContext) => void | Promise<void>): Promise<Front> {
  const proxy: ReverseProxy = Object.assign(handler, { close: () => undefined, upstreams: [] });
  return startHandler(proxy, {}, { http2: 'prior-knowledge' });
}

async function startHttp2(handler: (stream: http2.ServerHttp2Stream) => void): Promise<number> {
  const sessions: http2.ServerHttp2Session[] = [];
  const server = http2.createServer().on('session', (session) => sessions.push(session));
  server.on('stream', (stream) => handler(stream.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function closedPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a call of gRPC', () => {
  it('is UNAVAILABLE where no upstream can be reached, the first time and later', async () => {
    const front = await startFront(await closedPort());
    for (let count = 0; count < 2; count += 1)
      expect(await callFails(front)).toEqual({
        code: status.UNAVAILABLE,
        details: 'The upstream could not be reached',
      });
    expect(front.outcomes.map((outcome) => outcome.status)).toEqual([502, 502]); // in logs and metrics
  });

  it('is UNAVAILABLE where the upstream does not accept the connection in time, because nothing was sent', async () => {
    const late: HttpClient = {
      ...createHttpClient(),
      request(_origin, { observer }) {
        const error = new ClientError('CLIENT_CONNECT_TIMEOUT', 'x');
        observer?.callFailed?.(error);
        observer?.callOver();
        const call = { connectedAt: null, httpVersion: null, abort: () => undefined, releaseBody: () => undefined };
        return { ...call, response: Promise.reject(error) };
      },
    };
    onTestFinished(() => late.close());
    const front = await startFront(1, {}, { client: late });
    for (let count = 0; count < 2; count += 1)
      expect(await callFails(front)).toEqual({
        code: status.UNAVAILABLE,
        details: 'The upstream did not accept the connection in time',
      });
  });

  it('is UNAVAILABLE where the upstream closes before it answers', async () => {
    const port = await startHttp2((stream) => stream.session!.destroy());
    expect(await callFails(await startFront(port))).toEqual({
      code: status.UNAVAILABLE,
      details: 'The upstream closed the connection before it answered',
    });
  });

  it('is DEADLINE_EXCEEDED where the upstream does not answer in time', async () => {
    const port = await startHttp2(() => undefined);
    const front = await startFront(port, {}, { headTimeoutMs: 1 });
    expect(await callFails(front)).toEqual({
      code: status.DEADLINE_EXCEEDED,
      details: 'The upstream did not answer in time',
    });
    expect(front.outcomes.map((outcome) => outcome.status)).toEqual([504]);
  });

  it('is UNAVAILABLE where every upstream is busy', async () => {
    const port = await startHttp2(() => undefined);
    const front = await startFront(port, { connections: { max: 1, queue: 0 } });
    const client = http2.connect(front.url);
    onTestFinished(() => client.destroy());
    client.request({ ':path': '/' }).on('error', () => undefined);
    await expect.poll(() => front.server.requestsUnderWay.length).toBe(1);
    expect(await callFails(front)).toMatchObject({ code: status.UNAVAILABLE });
  });

  it.each([
    [
      new HttpError(429, 'TEST_LIMIT', 'Too many requests of yours: 100 %'),
      status.RESOURCE_EXHAUSTED,
      'Too many requests of yours: 100 %',
    ],
    [new HttpError(401, 'TEST_LOGIN', 'Who are you, Jürgen?'), status.UNAUTHENTICATED, 'Who are you, Jürgen?'],
    [new HttpError(403, 'TEST_FORBIDDEN', 'Not you'), status.PERMISSION_DENIED, 'Not you'],
    [new HttpError(504, 'TEST_DEADLINE', 'secret of the house'), status.DEADLINE_EXCEEDED, 'Gateway Timeout'],
    [new Error('a bug'), status.INTERNAL, 'Internal Server Error'],
  ])('is told of %s', async (error, code, details) => {
    const front = await startHandling(() => {
      throw error;
    });
    expect(await callFails(front)).toEqual({ code, details });
  });

  it('is UNIMPLEMENTED where nobody answers it', async () => {
    const front = await startHandling(() => undefined);
    expect(await callFails(front)).toEqual({ code: status.UNIMPLEMENTED, details: 'Not Found' });
  });

  it('has the status that its answer says, with any status of HTTP', async () => {
    const front = await startHandling(({ response }) => {
      response.status = 503;
      response.headers.set('Grpc-Status', String(status.ABORTED));
      response.body = 'a page';
    });
    expect(await callFails(front)).toEqual({ code: status.ABORTED, details: 'Service Unavailable' });
  });

  it('leaves the status in the trailers of its upstream, or of its failure, in the context, for logs', async () => {
    const port = await startHttp2((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '5', 'grpc-message': 'no such shop' }));
      stream.end(Buffer.alloc(5));
    });
    const found: unknown[] = [];
    for (const each of [port, await closedPort()]) {
      const proxy = reverseProxy({ url: `http://127.0.0.1:${each}`, protocol: 'http2' });
      onTestFinished(() => proxy.close());
      const watched = (context: HttpContext): void | Promise<void> => {
        context.onSent(() => found.push(context.get(contextKey<number>('grpc.status'))));
        return proxy(context);
      };
      await callFails(await startHandling(watched));
    }
    await expect.poll(() => found).toEqual([5, 14]);
  });

  it('has the error of its upstream as it is', async () => {
    const port = await startHttp2((stream) => {
      const head = {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': '9',
        'grpc-message': 'not yet',
      };
      stream.respond(head, { endStream: true });
    });
    expect(await callFails(await startFront(port))).toEqual({ code: status.FAILED_PRECONDITION, details: 'not yet' });
  });
});

describe('a request that only has the content type of gRPC', () => {
  it.each([
    ['GET', 404],
    ['HEAD', 404],
    ['POST', 200],
  ])('gets errors to %s with status %d: a cache would keep a 200 to GET', async (method, expected) => {
    const { port } = await startHandling(() => {
      throw new HttpError(404, 'TEST', 'not here');
    });
    const session = http2.connect(`http://127.0.0.1:${port}`);
    onTestFinished(() => session.destroy());
    const fields = { ':method': method, ':path': '/app.js', 'content-type': 'application/grpc' };
    const stream = session.request(fields, { endStream: true });
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & { ':status'?: number }];
    expect(headers[':status']).toBe(expected);
    expect('grpc-status' in headers).toBe(expected === 200);
  });
});
