import { once } from 'node:events';
import http2, { type ServerHttp2Stream } from 'node:http2';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { localhostCertificate } from '@windhover/transport/testing';
import { describe, expect, it } from 'vitest';
import { parseOrigin } from '../src/index.ts';
import { ask, cleanUps, client, hello, start, useHttp2Upstreams } from './http2-upstream.ts';
import { readBody } from './read-body.ts';

useHttp2Upstreams();

describe('requests over HTTP/2', () => {
  it('share one connection', async () => {
    const upstream = await start(hello);
    const from = client();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => ask(from, upstream, `/${index}`)));
    expect(answers).toEqual(Array(50).fill('hello '));
    expect(upstream.sessions).toHaveLength(1);
  });

  it('go over TLS with ALPN', async () => {
    const { cert, key } = localhostCertificate;
    const upstream = await start(hello, {}, { cert, key });
    expect(await ask(client(), upstream)).toBe('hello ');
  });

  it('fail at an upstream that does not speak it', async () => {
    const { cert, key } = localhostCertificate;
    const server = https.createServer({ cert, key }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUps.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const origin = parseOrigin(`https://localhost:${port}`, { ca: cert }, 'http2');
    const call = client().request({ ...origin, address: { host: '127.0.0.1', port } }, { method: 'GET', target: '/' });
    await expect(call.response).rejects.toMatchObject({ code: 'CLIENT_TLS_FAILED' });
  });

  it('open another connection when the upstream takes no more streams on one', async () => {
    const held: ServerHttp2Stream[] = [];
    const upstream = await start((stream) => void held.push(stream), { settings: { maxConcurrentStreams: 2 } });
    const from = client();
    const first = from.request(upstream.origin, { method: 'GET', target: '/' });
    await expect.poll(() => held.length).toBe(1); // the settings of the upstream are known now
    const others = Array.from({ length: 4 }, () => ask(from, upstream));
    await expect.poll(() => held.length).toBe(5);
    for (const stream of held) {
      stream.respond({ ':status': 200 });
      stream.end('x');
    }
    expect(await Promise.all(others)).toEqual(['x', 'x', 'x', 'x']);
    await readBody((await first.response).body);
    expect(upstream.sessions).toHaveLength(3);
  });

  it.each([1, 3, 10])(
    'are all answered though 60 come before the upstream has said that it takes %i at a time',
    async (limit) => {
      const upstream = await start(hello, { settings: { maxConcurrentStreams: limit } });
      const from = client();
      const answers = await Promise.all(Array.from({ length: 60 }, (_, index) => ask(from, upstream, `/${index}`)));
      expect(answers).toEqual(Array(60).fill('hello '));
    },
  );

  it('fail at an upstream that takes none, in the end', async () => {
    const upstream = await start(hello, { settings: { maxConcurrentStreams: 0 } });
    const from = client();
    const calls = await Promise.allSettled(Array.from({ length: 5 }, () => ask(from, upstream)));
    expect(calls.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
  });

  it('send bodies larger than any window, and read answers as large', async () => {
    const upstream = await start((stream) => {
      stream.respond({ ':status': 200 });
      stream.pipe(stream);
    });
    const bytes = Buffer.alloc(3_000_000, 'abcdefg');
    const { body } = await client().request(upstream.origin, { method: 'POST', target: '/', body: bytes }).response;
    expect((await readBody(body)).equals(bytes)).toBe(true);
  });

  it('have fields, interim answers and trailers', async () => {
    const upstream = await start((stream, headers) => {
      stream.additionalHeaders({ ':status': 103, link: '</a>' });
      stream.respond({ ':status': 200, 'x-te': headers.te, 'x-name': headers['x-name'] }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end('x');
    });
    const informed: number[] = [];
    const { headers, body } = await client().request(upstream.origin, {
      method: 'GET',
      target: '/',
      fields: ['x-name', 'v', 'X-Name'],
      onInform: (status) => void informed.push(status),
    }).response;
    const trailers = await new Promise<unknown>((resolve, reject) => {
      if (body instanceof Uint8Array) return reject(new Error('no trailers'));
      body.start({ write: () => true, end: resolve, fail: reject });
    });
    expect([headers.get('x-te'), headers.get('x-name'), informed]).toEqual(['trailers', 'v', [103]]);
    expect([...(trailers as Iterable<unknown>)]).toEqual([['grpc-status', '0']]);
  });

  it('are repeated when the upstream refused them, whatever the method', async () => {
    let count = 0;
    const upstream = await start((stream, headers) => {
      if (++count === 1) stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
      else hello(stream, headers);
    });
    const { status } = await client().request(upstream.origin, { method: 'POST', target: '/', body: 'x' }).response;
    expect([status, count]).toEqual([200, 2]);
  });

  it('go to a new connection after GOAWAY, and those under way end', async () => {
    const held: ServerHttp2Stream[] = [];
    const upstream = await start((stream) => void held.push(stream));
    const from = client();
    const first = ask(from, upstream);
    await expect.poll(() => held.length).toBe(1);
    upstream.sessions[0]!.goaway(0, 1);
    const session = upstream.sessions[0]!;
    session.ping(() => undefined);
    held[0]!.respond({ ':status': 200 });
    held[0]!.end('first');
    expect(await first).toBe('first');
    const second = ask(from, upstream);
    await expect.poll(() => held.length).toBe(2);
    held[1]!.respond({ ':status': 200 });
    held[1]!.end('second');
    expect(await second).toBe('second');
    expect(upstream.sessions).toHaveLength(2);
  });

  it('fail with their own stream, and the others go on', async () => {
    const upstream = await start((stream, headers) => {
      if (headers[':path'] === '/reset') stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
      else hello(stream, headers);
    });
    const from = client();
    const failed = from.request(upstream.origin, { method: 'GET', target: '/reset' });
    const good = ask(from, upstream);
    await expect(failed.response).rejects.toMatchObject({ code: 'CLIENT_CLOSED_EARLY' });
    expect(await good).toBe('hello ');
    expect(upstream.sessions).toHaveLength(1);
  });

  it('reset their stream when they are aborted', async () => {
    const codes: number[] = [];
    const upstream = await start((stream) => void stream.on('close', () => codes.push(stream.rstCode)));
    const from = client();
    const call = from.request(upstream.origin, { method: 'GET', target: '/' });
    await expect.poll(() => upstream.sessions.length).toBe(1);
    call.abort(new Error('enough'));
    await expect(call.response).rejects.toMatchObject({ code: 'CLIENT_ABORTED' });
    await expect.poll(() => codes).toEqual([http2.constants.NGHTTP2_CANCEL]);
  });

  it('are refused if they cannot be sent, and the connection lives on', async () => {
    const upstream = await start(hello);
    const from = client();
    await ask(from, upstream);
    for (const wrong of [{ fields: ['host', 'x', 'Host'] }, { fields: ['x', 'a\nb', 'X'] }]) {
      const bad = from.request(upstream.origin, { method: 'GET', target: '/', ...wrong });
      await expect(bad.response).rejects.toMatchObject({ code: 'CLIENT_REQUEST_INVALID' });
    }
    expect(await ask(from, upstream)).toBe('hello ');
    expect(upstream.sessions).toHaveLength(1);
  });
});
