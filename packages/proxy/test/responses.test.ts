import { type Body, compose, type HttpContext, type Middleware } from '@windhover/core';
import { collectBody, runHandler } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reverseProxy } from '../src/index.ts';
import { ask, converse, echo, setUpProxies, startProxy, startUpstream, until } from './proxy-fixtures.ts';

setUpProxies();

async function* doubled(body: Body): AsyncGenerator<Uint8Array> {
  const bytes = await collectBody(body);
  yield bytes;
  yield bytes;
}

describe('reverseProxy() responses', () => {
  it('passes status, headers and body on, without what belongs to the connection or what it nominates', async () => {
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(418, {
        'X-A': ['1', '2'],
        'Set-Cookie': ['a=1', 'b=2'],
        Connection: 'x-hop',
        'X-Hop': '1',
        'Proxy-Authenticate': 'x',
        Date: 'Thu, 01 Jan 1970 00:00:00 GMT',
      });
      response.end('teapot');
    });
    const { status, headers, text } = await ask((await startProxy(upstream.origin)).url);
    expect([status, text]).toEqual([418, 'teapot']);
    expect(headers).toMatchObject({
      'x-a': '1, 2',
      'set-cookie': ['a=1', 'b=2'],
      date: 'Thu, 01 Jan 1970 00:00:00 GMT',
    });
    expect(headers).not.toHaveProperty('x-hop');
    expect(headers).not.toHaveProperty('proxy-authenticate');
  });

  it('gives an answer of a known length whose body can be wrapped', async () => {
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { 'content-length': 4 });
      response.write('fo', () => response.end('ur'));
    });
    const proxy = reverseProxy(upstream.origin);
    onTestFinished(() => proxy.close());
    const wrap: Middleware<HttpContext> = async (context, next) => {
      await next(context);
      const { response } = context;
      response.body = doubled(response.takeBody());
    };
    const result = await runHandler(compose([wrap], proxy));
    expect([result.status, result.text(), result.error]).toEqual([200, 'four'.repeat(2), null]);
  });

  it.each([
    ['HEAD', 200],
    ['GET', 304],
  ])('keeps the length that %s %i announces', async (method, status) => {
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(status, { 'content-length': 5 });
      response.end(status === 304 ? undefined : 'hello');
    });
    const { headers, text } = await ask((await startProxy(upstream.origin)).url, { method });
    expect([headers['content-length'], text]).toEqual(['5', '']);
  });

  it('announces no length for a HEAD whose length the upstream does not know', async () => {
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' }).end();
    });
    const { headers } = await ask((await startProxy(upstream.origin)).url, { method: 'HEAD' });
    expect(headers).not.toHaveProperty('content-length');
  });

  it('passes trailers and Early Hints on', async () => {
    const upstream = await startUpstream((_request, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' }, () => {
        response.writeHead(200, { trailer: 'x-sum', connection: 'x-hop' });
        response.write('a');
        response.addTrailers({ 'x-sum': '1', 'x-hop': '2' });
        response.end();
      });
    });
    const front = await startProxy(upstream.origin);
    const raw = await converse(front.port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(raw).toContain('HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\n');
    expect(raw).toContain('\r\ntrailer: x-sum\r\n');
    expect(raw).toMatch(/1\r\na\r\n0\r\nx-sum: 1\r\n\r\n$/);
  });

  it.each([102, 103, 104, 199])('passes an interim response on: %i', async (status) => {
    const upstream = await startUpstream((request, response) => {
      request.socket.write(`HTTP/1.1 ${status} Interim\r\nLocation: /u/1\r\n\r\n`);
      response.end('ok');
    });
    const front = await startProxy(upstream.origin);
    const raw = await converse(front.port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(raw).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^\\r]*\\r\\nLocation: /u/1\\r\\n\\r\\nHTTP/1\\.1 200 `));
  });

  it('cuts a response that the upstream cut: it never looks whole', async () => {
    for (const head of [{}, { 'content-length': 100 }]) {
      const upstream = await startUpstream((_request, response) => {
        response.writeHead(200, head);
        response.write('part', () => setImmediate(() => response.destroy()));
      });
      const front = await startProxy(upstream.origin);
      await expect(ask(front.url)).rejects.toThrow();
      await until(() => front.outcomes.length === 1);
      expect(front.outcomes[0]).toMatchObject({ end: 'handler-failed' });
    }
  });

  it('joins an upgraded connection both ways, unread bytes included', async () => {
    const upstream = await startUpstream(echo);
    upstream.on('upgrade', (request, socket, head) => {
      expect(request.headers['upgrade']).toBe('echo');
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nhello ');
      socket.write(head);
      socket.pipe(socket);
    });
    const front = await startProxy(upstream.origin);
    const raw = await converse(
      front.port,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly',
      'late',
      (text) => text.endsWith('late'),
    );
    expect(raw).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n[\s\S]*\r\n\r\nhello earlylate$/);
    await until(() => front.outcomes.length === 1);
    expect(front.outcomes[0]).toMatchObject({ status: 101, end: 'upgraded' });
  });

  it('passes a refusal to upgrade on as the plain answer it is', async () => {
    const front = await startProxy(
      (await startUpstream((_request, response) => response.writeHead(426, { Upgrade: 'echo/2' }).end('no'))).origin,
    );
    const raw = await converse(
      front.port,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nUpgrade: echo\r\n\r\n',
    );
    expect(raw).toMatch(/^HTTP\/1\.1 426 /);
    expect(raw).toMatch(/\r\nUpgrade: echo\/2\r\n/); // what it would speak (RFC 9110 §15.5.22)
    expect(raw).toMatch(/\r\nConnection: upgrade, close\r\n/);
  });
});
