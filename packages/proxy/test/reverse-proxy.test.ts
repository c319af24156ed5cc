import http from 'node:http';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { compose, type HttpContext, type Middleware, type Outcome } from '@windhover/core';
import { createServer, type Server, type ServerOptions } from '@windhover/server';
import { poisonLentBytes } from '@windhover/transport/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ReverseProxyOptions, reverseProxy } from '../src/index.ts';

beforeAll(() => poisonLentBytes(true));
afterAll(() => poisonLentBytes(false));

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function startUpstream(listener: http.RequestListener, port = 0): Promise<http.Server & { origin: string }> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(server, { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

interface Front {
  readonly url: string;
  readonly port: number;
  readonly outcomes: Outcome[];
  readonly server: Server;
}

async function startProxy(
  upstreams: string | string[],
  options: ReverseProxyOptions = {},
  serverOptions: ServerOptions = {},
): Promise<Front> {
  const proxy = reverseProxy(upstreams, options);
  const outcomes: Outcome[] = [];
  const observe: Middleware<HttpContext> = (context, next) => {
    context.onSent((outcome) => outcomes.push(outcome));
    return next(context);
  };
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const server = createServer(compose([observe], proxy), { log: silent, ...serverOptions });
  const listener = await server.listen({ host: '127.0.0.1', port: 0 });
  cleanUps.push(async () => {
    proxy.close();
    await server.close({ timeoutMs: 1 });
  });
  return { url: `http://${listener.name}`, port: (listener.address as { port: number }).port, outcomes, server };
}

/** The headers an upstream saw, as it got them. */
const echo: http.RequestListener = (request, response) => {
  response.end(
    JSON.stringify({ method: request.method, url: request.url, headers: request.headers, raw: request.rawHeaders }),
  );
};

interface Seen {
  method: string;
  url: string;
  headers: Record<string, string>;
  raw: string[];
}

async function ask(
  url: string,
  init: http.RequestOptions & { body?: string } = {},
): Promise<{ status: number; headers: http.IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { agent: false, ...init }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(init.body);
  });
}

const seen = async (url: string, init?: Parameters<typeof ask>[1]): Promise<Seen> =>
  JSON.parse((await ask(url, init)).text) as Seen;

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
        response.writeHead(200, { trailer: 'x-sum' });
        response.write('a');
        response.addTrailers({ 'x-sum': '1' });
        response.end();
      });
    });
    const front = await startProxy(upstream.origin);
    const raw = await converse(front.port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(raw).toContain('HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\n');
    expect(raw).toMatch(/1\r\na\r\n0\r\nx-sum: 1\r\n\r\n$/);
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
      (await startUpstream((_request, response) => response.writeHead(426).end('no'))).origin,
    );
    const raw = await converse(
      front.port,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nUpgrade: echo\r\n\r\n',
    );
    expect(raw).toMatch(/^HTTP\/1\.1 426 /);
  });
});

describe('reverseProxy() failures', () => {
  it('answers 502 when no upstream can be reached, without naming it', async () => {
    const upstream = await startUpstream(echo);
    upstream.close();
    const front = await startProxy(upstream.origin);
    const { status, text } = await ask(front.url);
    expect([status, text]).toEqual([502, 'Bad Gateway\n']);
  });

  it('takes upstreams in turn and passes over one that is gone, then takes it back', async () => {
    const named =
      (name: string): http.RequestListener =>
      (_request, response) =>
        response.end(name);
    const one = await startUpstream(named('one'));
    const two = await startUpstream(named('two'));
    const { port } = two.address() as AddressInfo;
    const front = await startProxy([one.origin, two.origin]);
    const answers = async (): Promise<string[]> => [(await ask(front.url)).text, (await ask(front.url)).text].sort();
    expect(await answers()).toEqual(['one', 'two']);
    two.closeAllConnections();
    await new Promise((resolve) => two.close(resolve));
    expect(await answers()).toEqual(['one', 'one']);
    await startUpstream(named('two'), port);
    expect(await answers()).toEqual(['one', 'two']);
  });

  it('says once that an upstream is gone, and once that it is back', async () => {
    const one = await startUpstream((_request, response) => response.end('one'));
    const two = await startUpstream((_request, response) => response.end('two'));
    const { port } = two.address() as AddressInfo;
    const said: string[] = [];
    const say = (message: string, facts?: Readonly<Record<string, unknown>>) =>
      void said.push(`${message}: ${facts?.['upstream']}`);
    const log = { debug: say, info: say, warn: say, error: say };
    const front = await startProxy([one.origin, two.origin], { log });
    const askFour = async (): Promise<void> => {
      for (let round = 0; round < 4; round++) await ask(front.url);
    };
    two.closeAllConnections();
    await new Promise((resolve) => two.close(resolve));
    await askFour();
    await startUpstream((_request, response) => response.end('two'), port);
    await askFour();
    expect(said).toEqual([`An upstream cannot be reached: ${two.origin}`, `An upstream is back: ${two.origin}`]);
  });

  it('answers 504 when the head does not come in time', async () => {
    const front = await startProxy((await startUpstream(() => undefined)).origin, { headTimeoutMs: 100 });
    expect((await ask(front.url)).status).toBe(504);
  });

  it('answers 502 when the upstream closes before it answers', async () => {
    const front = await startProxy((await startUpstream((request) => request.socket.destroy())).origin);
    expect((await ask(front.url)).status).toBe(502);
  });

  it.each(['before the head', 'inside the body'])(
    'lets the upstream know when the client goes away %s',
    async (moment) => {
      let gone = false;
      let begun = false;
      const upstream = await startUpstream((request, response) => {
        begun = true;
        request.socket.on('close', () => {
          gone = true;
        });
        if (moment === 'inside the body') response.write('part');
      });
      const front = await startProxy(upstream.origin);
      const socket = net.connect(front.port, '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      if (moment === 'inside the body') await new Promise((resolve) => socket.once('data', resolve));
      await until(() => begun);
      socket.destroy();
      await until(() => gone);
      await until(() => front.outcomes.length === 1);
      expect(front.outcomes[0]).toMatchObject({ end: 'client-closed' });
    },
  );

  it('lets the upstream know when a client goes away inside its upload', async () => {
    let failed = false;
    let begun = false;
    const upstream = await startUpstream((request) => {
      begun = true;
      request.on('error', () => {
        failed = true;
      });
      request.resume();
    });
    const front = await startProxy(upstream.origin);
    const socket = net.connect(front.port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\npart');
    await until(() => begun);
    socket.destroy();
    await until(() => failed);
  });

  it('refuses to be made without an upstream, or with one or a prefix that is not valid', () => {
    const bad = { stripPrefix: 'api' };
    expect(() => reverseProxy('http://a', bad)).toThrow(expect.objectContaining({ code: 'CORE_TARGET_INVALID' }));
    expect(() => reverseProxy([])).toThrow(expect.objectContaining({ code: 'PROXY_NO_UPSTREAM' }));
    expect(() => reverseProxy('localhost:3000')).toThrow(expect.objectContaining({ code: 'CLIENT_ORIGIN_INVALID' }));
  });
});

/** Sends bytes, then more when an answer has come, and reads until the close or until `isEnough`. */
function converse(
  port: number,
  first: string,
  then?: string,
  isEnough: (text: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(first));
    let text = '';
    let hasAnswered = false;
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (!hasAnswered && then !== undefined) socket.write(then);
      hasAnswered = true;
      if (isEnough(text)) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
}
