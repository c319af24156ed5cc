import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { Readable } from 'node:stream';
import { localhostCertificate } from '@windhover/transport/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import httpProxy, { createProxyServer } from '../src/index.ts';
import { ask, echo, echoed, proxyTo, serve } from './compat-fixtures.ts';

describe('web()', () => {
  it('passes requests on, and answers back', async () => {
    const { url } = await proxyTo({ target: await serve(echo) });
    const seen = await echoed(`${url}/a?b=c`, { method: 'POST', body: 'hello', headers: { 'X-A': '1' } });
    expect(seen).toMatchObject({ method: 'POST', url: '/a?b=c', body: 'hello', headers: { 'x-a': '1' } });
    expect(seen.headers['host']).toBe(new URL(url).host);
  });

  it('listens by itself', async () => {
    const proxy = httpProxy.createServer({ target: await serve(echo) }).listen(0, '127.0.0.1');
    onTestFinished(() => proxy.close());
    await new Promise((resolve) => setImmediate(resolve));
    const { port } = proxy.address() as net.AddressInfo;
    expect((await echoed(`http://127.0.0.1:${port}/x`)).url).toBe('/x');
  });

  it.each([
    [{}, '/base', '/a?b', '/base/a?b'],
    [{ prependPath: false }, '/base', '/a', '/a'],
    [{ ignorePath: true }, '/base', '/a', '/base'],
    [{}, '/base/', '/a', '/base/a'],
    [{}, '/base?x=1', '/a?y=2', '/base/a?x=1&y=2'],
  ])('with %j, from %s and %s makes the path %#', async (options, base, path, expected) => {
    const { url } = await proxyTo({ target: `${await serve(echo)}${base}`, ...options });
    expect((await echoed(`${url}${path}`)).url).toBe(expected);
  });

  it('knows changeOrigin, xfwd, headers, auth and method', async () => {
    const target = await serve(echo);
    const { url } = await proxyTo({
      target,
      changeOrigin: true,
      xfwd: true,
      headers: { 'X-Special': 'yes' },
      auth: 'user:secret',
      method: 'PUT',
    });
    const { method, headers } = await echoed(url, { headers: { 'X-Forwarded-For': '10.0.0.1' } });
    expect(method).toBe('PUT');
    expect(headers).toMatchObject({
      host: new URL(target).host,
      'x-forwarded-for': '10.0.0.1,127.0.0.1',
      'x-forwarded-port': new URL(url).port,
      'x-forwarded-proto': 'http',
      'x-forwarded-host': new URL(url).host,
      'x-special': 'yes',
      authorization: `Basic ${Buffer.from('user:secret').toString('base64')}`,
    });
  });

  it('takes a target in parts, and another one for each request', async () => {
    const { hostname, port } = new URL(await serve(echo));
    const proxy = createProxyServer({});
    onTestFinished(() => proxy.close());
    const url = await serve((request, response) =>
      proxy.web(request, response, { target: { host: hostname, port, protocol: 'http:' } }),
    );
    expect((await echoed(`${url}/x`)).url).toBe('/x');
  });

  it('does not pass on fields of the connection', async () => {
    const { url } = await proxyTo({ target: await serve(echo) });
    const headers = { Connection: 'keep-alive, X-Hop', 'X-Hop': '1', TE: 'trailers', 'Keep-Alive': 'timeout=5' };
    const seen = await echoed(url, { headers });
    expect(Object.keys(seen.headers)).toEqual(['host']);
  });

  it('speaks TLS with a target, and verifies it unless `secure` is false', async () => {
    const { cert, key } = localhostCertificate;
    const server = https.createServer({ cert, key });
    const port = new URL(await serve(echo, server as unknown as http.Server)).port;
    const target = `https://127.0.0.1:${port}`;
    let connections = 0;
    server.on('secureConnection', () => {
      connections += 1;
    });
    const insecure = await proxyTo({ target, secure: false });
    for (const path of ['/x', '/y', '/z']) expect((await echoed(`${insecure.url}${path}`)).url).toBe(path);
    expect(connections).toBe(1);
    const verified = await proxyTo({ target });
    verified.proxy.on('error', (error: NodeJS.ErrnoException, _request, response: http.ServerResponse) =>
      response.writeHead(500).end(error.code),
    );
    expect((await ask(verified.url)).text).toMatch(/^DEPTH_ZERO_SELF_SIGNED_CERT$|^ERR_TLS_CERT_ALTNAME_INVALID$/);
  });

  it('sends a copy to `forward`', async () => {
    let copied = '';
    const copy = await serve((request, response) => {
      copied = request.url!;
      response.end();
    });
    const { url } = await proxyTo({ target: await serve(echo), forward: copy });
    expect((await echoed(`${url}/x`)).url).toBe('/x');
    await expect.poll(() => copied).toBe('/x');
  });
});

describe('a body that was read before', () => {
  const read = async (request: http.IncomingMessage): Promise<string> => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    return text;
  };
  const parsed = (parse: (text: string) => unknown) => async (request: http.IncomingMessage) =>
    void Object.assign(request, { body: parse(await read(request)) });

  it.each([
    ['application/json', '{"a":[1,2]}', (text: string) => JSON.parse(text) as unknown, '{"a":[1,2]}'],
    [
      'application/x-www-form-urlencoded',
      'a=1&b=x+y',
      (text: string) => Object.fromEntries(new URLSearchParams(text)),
      'a=1&b=x+y',
    ],
    ['text/plain', 'hello', (text: string) => text, 'hello'],
    ['application/octet-stream', 'bytes', (text: string) => Buffer.from(text), 'bytes'],
  ])('is sent again: %s', async (type, body, parse, expected) => {
    const { url } = await proxyTo({ target: await serve(echo) }, parsed(parse));
    const seen = await echoed(url, { method: 'POST', body, headers: { 'Content-Type': type } });
    expect(seen.body).toBe(expected);
    expect(seen.headers['content-length']).toBe(String(expected.length));
  });

  it('can be given as a stream', async () => {
    const proxy = createProxyServer({ target: await serve(echo) });
    onTestFinished(() => proxy.close());
    const url = await serve(async (request, response) => {
      const text = await read(request);
      proxy.web(request, response, { buffer: Readable.from([Buffer.from(text)]) });
    });
    expect((await echoed(url, { method: 'POST', body: 'hello' })).body).toBe('hello');
  });
});

describe('events', () => {
  it('proxyReq changes fields, and writes another body', async () => {
    const { url, proxy } = await proxyTo({ target: await serve(echo) });
    proxy.on('proxyReq', (proxyReq, request) => {
      expect(proxyReq.getHeader('x-old')).toBe('1');
      proxyReq.setHeader('X-Special-Proxy-Header', 'foobar');
      proxyReq.removeHeader('X-Old');
      const body = JSON.stringify({ from: request.url });
      proxyReq.setHeader('Content-Type', 'application/json');
      proxyReq.setHeader('Content-Length', Buffer.byteLength(body));
      proxyReq.write(body);
    });
    const seen = await echoed(`${url}/a`, { method: 'POST', body: 'old', headers: { 'X-Old': '1' } });
    expect(seen.body).toBe('{"from":"/a"}');
    expect(seen.headers).toMatchObject({ 'x-special-proxy-header': 'foobar', 'content-type': 'application/json' });
    expect(seen.headers['x-old']).toBeUndefined();
  });

  it('proxyRes sees the answer, and may change its fields', async () => {
    const { url, proxy } = await proxyTo({
      target: await serve((_request, response) => void response.writeHead(201, 'Made', { 'X-A': '1' }).end('a')),
    });
    const told: unknown[] = [];
    proxy.on('proxyRes', (proxyRes) => {
      told.push(proxyRes.statusCode, proxyRes.statusMessage, proxyRes.headers['x-a'], proxyRes.req.path);
      delete proxyRes.headers['x-a'];
      proxyRes.headers['x-b'] = '2';
    });
    proxy.on('end', () => told.push('end'));
    const { status, headers } = await ask(url);
    expect([status, headers['x-a'], headers['x-b']]).toEqual([201, undefined, '2']);
    expect(told).toEqual([201, 'Made', '1', '/', 'end']);
  });

  it('selfHandleResponse leaves the answer to proxyRes', async () => {
    const { url, proxy } = await proxyTo({ target: await serve(echo), selfHandleResponse: true });
    proxy.on('proxyRes', (proxyRes, _request, response) => {
      const body: Buffer[] = [];
      proxyRes.on('data', (chunk: Buffer) => body.push(chunk));
      proxyRes.on('end', () => response.end(`got ${Buffer.concat(body).length} bytes`));
    });
    expect((await ask(url)).text).toMatch(/^got \d+ bytes$/);
  });

  it.each(['GET', 'POST'])('error lets the handler answer a %s itself', async (method) => {
    const gone = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => gone.once('listening', resolve));
    const { port } = gone.address() as net.AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const { url, proxy } = await proxyTo({ target: `http://127.0.0.1:${port}` });
    proxy.on('error', (error: NodeJS.ErrnoException, _request, response) => {
      response.writeHead(500, { 'Content-Type': 'text/plain' });
      response.end(`Something went wrong: ${error.code}`);
    });
    const { status, text } = await ask(url, { method, ...(method === 'POST' ? { body: 'x'.repeat(1000) } : {}) });
    expect([status, text]).toEqual([500, 'Something went wrong: ECONNREFUSED']);
  });

  it('error comes to the callback instead, also for a missing target and a silent one', async () => {
    const silent = await serve(() => undefined);
    const proxy = createProxyServer({ proxyTimeout: 20 });
    onTestFinished(() => proxy.close());
    const url = await serve((request, response) => {
      const options = request.url === '/none' ? {} : { target: silent };
      proxy.web(request, response, options, (error) => response.writeHead(500).end((error as { code?: string }).code));
    });
    expect((await ask(`${url}/none`)).text).toBe('HTTP_PROXY_TARGET_MISSING');
    expect((await ask(url)).text).toBe('ECONNRESET');
  });

  it('refuses options of one call that it does not support', async () => {
    const proxy = createProxyServer({ target: 'http://a' });
    onTestFinished(() => proxy.close());
    proxy.on('error', (error: Error, _request, response) => response.writeHead(500).end(error.message));
    const url = await serve((request, response) => proxy.web(request, response, { followRedirects: true }));
    expect((await ask(url)).text).toContain('followRedirects');
  });

  it.each([null, '', 0])('tells that a target is missing where it is %j', async (target) => {
    const { url, proxy } = await proxyTo({ target: target as unknown as string });
    proxy.on('error', (error: NodeJS.ErrnoException, _request, response) => response.writeHead(500).end(error.code));
    expect((await ask(url)).text).toBe('HTTP_PROXY_TARGET_MISSING');
  });

  it('a request that the client gives up is given up at the target', async () => {
    let isGone = false;
    let isThere = false;
    const { url } = await proxyTo({
      target: await serve((request) => {
        isThere = true;
        request.socket.on('close', () => {
          isGone = true;
        });
      }),
    });
    const request = http.get(url, { agent: false }).on('error', () => undefined);
    await expect.poll(() => isThere).toBe(true);
    request.destroy();
    await expect.poll(() => isGone).toBe(true);
  });

  it('an answer that breaks off does not look complete', async () => {
    const { url } = await proxyTo({
      target: await serve((request, response) => {
        response.write('part', () => request.socket.destroy());
      }),
    });
    await expect(ask(url)).rejects.toThrow();
  });
});

describe('answers', () => {
  const redirect = (location: (host: string) => string): Promise<string> =>
    serve((request, response) => {
      const cookies = ['a=1; Domain=inner.example; Path=/x', 'b=2'];
      response
        .writeHead(302, { Location: location(request.headers.host!), 'Set-Cookie': cookies, 'X-CamelCase': '1' })
        .end();
    });

  it.each([
    [{ hostRewrite: 'outer.example' }, 'http://outer.example/next'],
    [{ hostRewrite: 'outer.example', protocolRewrite: 'https' }, 'https://outer.example/next'],
    [{ autoRewrite: true }, 'http://shop.example/next'],
  ])('of redirects are rewritten with %j', async (options, expected) => {
    const { url } = await proxyTo({
      target: await redirect((host) => `http://${host}/next`),
      changeOrigin: true,
      ...options,
    });
    expect((await ask(url, { headers: { Host: 'shop.example' } })).headers.location).toBe(expected);
  });

  it.each([
    [{ cookieDomainRewrite: 'outer.example' }, 'a=1; Domain=outer.example; Path=/x'],
    [{ cookieDomainRewrite: '' }, 'a=1; Path=/x'],
    [
      { cookieDomainRewrite: { 'inner.example': 'o.example' }, cookiePathRewrite: { '*': '/' } },
      'a=1; Domain=o.example; Path=/',
    ],
    [{ cookieDomainRewrite: { 'other.example': 'o.example' } }, 'a=1; Domain=inner.example; Path=/x'],
  ])('have cookies rewritten with %j', async (options, expected) => {
    const { url } = await proxyTo({ target: await redirect(() => '/'), ...options });
    expect((await ask(url)).headers['set-cookie']).toEqual([expected, 'b=2']);
  });

  it('keep the spelling of fields if asked', async () => {
    const { url } = await proxyTo({ target: await redirect(() => '/'), preserveHeaderKeyCase: true });
    expect((await ask(url)).raw).toContain('X-CamelCase');
  });
});

describe('createProxyServer()', () => {
  it.each([undefined, null, {}])('takes %j as no options, as http-proxy does', (options) => {
    createProxyServer(options as object).close();
  });

  it.each([
    ['http://a', 'HTTP_PROXY_OPTION_INVALID', 'the options: expected an object'],
    [{ target: 'nowhere' }, 'HTTP_PROXY_TARGET_INVALID', 'nowhere'],
    [{ target: { host: 'a b' } }, 'HTTP_PROXY_TARGET_INVALID', 'http://a b'],
    [{ target: 'ftp://a' }, 'HTTP_PROXY_TARGET_INVALID', 'ftp://a'],
    [{ forward: 5 }, 'HTTP_PROXY_TARGET_INVALID', '5'],
    [{ forward: 'http://' }, 'HTTP_PROXY_TARGET_INVALID', 'http://'],
    [
      { proxyTimeout: '30s' },
      'HTTP_PROXY_OPTION_INVALID',
      'proxyTimeout: expected milliseconds from 0 on, found "30s"',
    ],
    [{ timeout: -1 }, 'HTTP_PROXY_OPTION_INVALID', 'timeout: expected milliseconds from 0 on, found -1'],
    [{ followRedirects: true }, 'HTTP_PROXY_OPTION_UNSUPPORTED', 'followRedirects'],
    [{ localAddress: '127.0.0.1' }, 'HTTP_PROXY_OPTION_UNSUPPORTED', 'localAddress'],
  ])('refuses %j', (options, code, message) => {
    const error = { code, message: expect.stringContaining(message) };
    expect(() => createProxyServer(options as object)).toThrow(expect.objectContaining(error));
  });

  it('takes a proxyTimeout of 0 as no limit of its own, as http-proxy does', async () => {
    const { url } = await proxyTo({ target: await serve(echo), proxyTimeout: 0, timeout: 0 });
    expect((await ask(url)).status).toBe(200);
  });
});
