import http from 'node:http';
import { describe, expect, it } from 'vitest';
import { ask, converse, echo, seen, setUpProxies, startProxy, startUpstream } from './proxy-fixtures.ts';

setUpProxies();

describe('reverseProxy() requests', () => {
  it("forwards method, canonical target, end-to-end headers and the client's Host", async () => {
    const front = await startProxy((await startUpstream(echo)).origin);
    const request = await seen(`${front.url}/%61/../b%2fc?q=%61`, {
      method: 'PUT',
      headers: { 'X-Mixed-Case': '1', host: 'shop.example' },
      body: 'x',
    });
    expect(request).toMatchObject({ method: 'PUT', url: '/b%2Fc?q=%61' });
    expect(request.headers).toMatchObject({ host: 'shop.example', 'x-mixed-case': '1', 'content-length': '1' });
    expect(request.raw).toContain('X-Mixed-Case');
  });

  it('tells who the client is, and lets nobody else say so, under any alias', async () => {
    const front = await startProxy((await startUpstream(echo)).origin);
    const spoofed = Object.fromEntries(
      [
        'Forwarded',
        'X-Forwarded-For',
        'X_Forwarded_For',
        'X-Forwarded.For',
        'X-Forwarded-Prefix',
        'X-Forwarded-Port',
        'X-Real-IP',
        'Proxy',
        'X-Original-URL',
        'X-Original-Method',
        'X-Forwarded-User',
        'X!Forwarded!Uri',
        'Client-IP',
        'True-Client-IP',
        'CF-Connecting-IP',
        'CF_Connecting_IP',
        'X-Cluster-Client-IP',
        'X_Real_IP',
        'Content_Length',
        'Transfer_Encoding',
        'Proxy_Authorization',
      ].map((name) => [name, 'evil']),
    );
    const { headers } = await seen(`${front.url}/`, { headers: { ...spoofed, host: 'a.example:81' } });
    expect(JSON.stringify(headers)).not.toContain('evil');
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'a.example:81',
    });
  });

  it('strips what belongs to the connection, and what Connection nominates, but never its own headers', async () => {
    const front = await startProxy((await startUpstream(echo)).origin);
    const { headers } = await seen(`${front.url}/`, {
      headers: {
        connection: 'x-secret, x-forwarded-for, keep-alive',
        'x-secret': '1',
        te: 'trailers',
        'keep-alive': '5',
        'proxy-authorization': 'x',
        'proxy-connection': 'x',
      },
    });
    for (const name of ['x-secret', 'te', 'keep-alive', 'proxy-authorization', 'proxy-connection'])
      expect(headers).not.toHaveProperty(name);
    expect(headers['x-forwarded-for']).toBe('127.0.0.1');
  });

  it.each([
    ['/api', '/api/users?x', '/users?x'],
    ['/api', '/api', '/'],
    ['/api', '/api?x', '/?x'],
    ['/api', '/apiary', '/apiary'],
    ['/api/', '/api/a', '/a'],
  ])('takes %s off %s: %s', async (stripPrefix, target, expected) => {
    const front = await startProxy((await startUpstream(echo)).origin, { stripPrefix });
    expect((await seen(front.url + target)).url).toBe(expected);
  });

  it("forwards the client's own spelling of the path when told to", async () => {
    const front = await startProxy((await startUpstream(echo)).origin, { forward: 'as-sent' });
    expect((await seen(`${front.url}/bucket/a%2Bb%3B?x=%61`)).url).toBe('/bucket/a%2Bb%3B?x=%61');
  });

  it('counts Max-Forwards of OPTIONS down, and answers itself at 0 (RFC 9110 §7.6.2)', async () => {
    const front = await startProxy((await startUpstream(echo)).origin);
    const options = (value: string) => ({ method: 'OPTIONS', headers: { 'max-forwards': value } });
    expect((await seen(front.url, options('3'))).headers['max-forwards']).toBe('2');
    expect(await ask(front.url, options('0'))).toMatchObject({ status: 204, text: '' });
    expect((await seen(front.url, { headers: { 'max-forwards': '0' } })).headers['max-forwards']).toBe('0');
  });

  it('passes trailers of a request on, without those that Connection nominates or that headers are barred from', async () => {
    let trailers: unknown;
    const upstream = await startUpstream((request, response) => {
      request.resume().on('end', () => {
        trailers = request.trailers;
        response.end(request.headers['trailer']);
      });
    });
    const front = await startProxy(upstream.origin);
    const head =
      'POST / HTTP/1.1\r\nHost: a\r\nConnection: close, x-hop\r\nTrailer: x-sum\r\nTransfer-Encoding: chunked\r\n\r\n';
    const tail = '0\r\nX-Sum: 1\r\nX-Hop: 2\r\nTrue-Client-IP: 3\r\n\r\n';
    const raw = await converse(front.port, `${head}1\r\na\r\n${tail}`);
    expect(raw).toMatch(/x-sum$/);
    expect(trailers).toEqual({ 'x-sum': '1' });
  });

  it('offers the upstream only the protocol that the answer to the client will name', async () => {
    const front = await startProxy((await startUpstream(echo)).origin);
    const { headers } = await seen(front.url, { headers: { connection: 'upgrade', upgrade: 'echo/1, other' } });
    expect(headers['upgrade']).toBe('echo/1');
  });

  it("says the upstream's own host when told to", async () => {
    const upstream = await startUpstream(echo);
    const front = await startProxy(upstream.origin, { host: 'upstream' });
    expect((await seen(front.url)).headers['host']).toBe(new URL(upstream.origin).host);
  });

  it('streams an upload and a download of 32 MB, chunked and by length', async () => {
    const upstream = await startUpstream((request, response) => request.pipe(response));
    const front = await startProxy(upstream.origin, {}, { limits: { maxRequestBodyBytes: null } });
    for (const isChunked of [true, false]) {
      const total = 32 * 1024 * 1024;
      const received = await new Promise<number>((resolve, reject) => {
        const request = http.request(`${front.url}/`, { method: 'POST', agent: false }, (response) => {
          let count = 0;
          response.on('data', (chunk: Buffer) => {
            count += chunk.length;
          });
          response.on('end', () => resolve(count));
          response.on('error', reject);
        });
        if (!isChunked) request.setHeader('content-length', total);
        request.on('error', reject);
        const piece = Buffer.alloc(256 * 1024, 97);
        let sent = 0;
        const send = (): void => {
          while (sent < total) {
            sent += piece.length;
            if (!request.write(piece)) {
              request.once('drain', send);
              return;
            }
          }
          request.end();
        };
        send();
      });
      expect(received).toBe(total);
    }
  });

  it("asks the client for its body only when the upstream gets it, and passes a limit's 413 through", async () => {
    const upstream = await startUpstream((request, response) => request.resume().on('end', () => response.end('read')));
    const front = await startProxy(upstream.origin, {}, { limits: { maxRequestBodyBytes: 10 } });
    const small = await ask(front.url, { method: 'POST', headers: { expect: '100-continue' }, body: '12345' });
    expect(small.text).toBe('read');
    const large = await ask(front.url, { method: 'POST', body: 'x'.repeat(11) });
    expect(large.status).toBe(413);
  });

  it('refuses CONNECT and TRACE', async () => {
    const front = await startProxy((await startUpstream(echo)).origin);
    const trace = await new Promise((resolve) => {
      const request = http.request({ port: front.port, host: '127.0.0.1', method: 'TRACE' });
      request.on('response', (response) => resolve(response.resume().statusCode)).end();
    });
    expect(trace).toBe(405);
    const status = await new Promise((resolve) => {
      const request = http.request({ port: front.port, host: '127.0.0.1', method: 'CONNECT', path: 'a:1' });
      request.on('connect', (response) => resolve(response.statusCode));
      request.end();
    });
    expect(status).toBe(405);
  });
});
