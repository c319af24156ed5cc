import { once } from 'node:events';
import http from 'node:http';
import http2, { type ClientHttp2Session, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import net, { type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { proxyProtocol } from '@windhover/transport';
import { localhostCertificate } from '@windhover/transport/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createUpstreams, reverseProxy, type UpstreamServer, type UpstreamsOptions } from '../src/index.ts';
import { ask, converse, type Front, setUpProxies, startHandler } from './proxy-fixtures.ts';

setUpProxies();

type Handler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

async function startHttp2(handler: Handler, takesUpgrades = true): Promise<{ port: number; sessions: unknown[] }> {
  const sessions: http2.ServerHttp2Session[] = [];
  const server = http2.createServer({ settings: takesUpgrades ? { enableConnectProtocol: true } : {} });
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    handler(stream, headers);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sessions };
}

async function startFront(server: UpstreamServer, options: UpstreamsOptions = {}, isHttp2 = false): Promise<Front> {
  const upstreams = createUpstreams([server], options);
  onTestFinished(() => upstreams.close());
  return startHandler(reverseProxy(upstreams), {}, isHttp2 ? { http2: 'prior-knowledge' } : {});
}

describe('a server with protocol http2', () => {
  it('gets requests and bodies over HTTP/2, without fields of the connection', async () => {
    const { port } = await startHttp2((stream, { ':method': method, ':path': path, connection, te }) => {
      stream.respond({ ':status': 201, 'x-seen': `${method} ${path} ${connection} ${te}` });
      stream.pipe(stream);
    });
    const front = await startFront({ url: `http://127.0.0.1:${port}`, protocol: 'http2' });
    const head = 'POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\n';
    const answer = await converse(front.port, `${head}hello`);
    expect(answer).toMatch(/^HTTP\/1\.1 201 .*x-seen: POST \/a\?b undefined trailers\r\n.*hello/is);
  });

  it('gets a PROXY header first, and its connections are for one client connection each', async () => {
    const clients: string[] = [];
    const own = await startHandler(
      Object.assign(
        ({ client, connection, request, response }: Parameters<ReturnType<typeof reverseProxy>>[0]) => {
          clients.push(`${client.address}:${client.port} ${connection.id} ${request.httpVersion}`);
          response.body = 'seen';
        },
        { close: () => undefined, upstreams: [] },
      ),
      {},
      { http2: 'prior-knowledge', middleware: [proxyProtocol({ from: ['127.0.0.1'] })] },
    );
    const server = { url: own.url, protocol: 'http2' } as const;
    const front = await startFront(server, { proxyProtocol: 2 });
    const socket = net.connect(front.port, '127.0.0.1');
    await once(socket, 'connect');
    const from = `127.0.0.1:${(socket.address() as AddressInfo).port}`;
    for (const connection of ['keep-alive', 'close']) {
      socket.write(`GET / HTTP/1.1\r\nHost: a\r\nConnection: ${connection}\r\n\r\n`);
      await once(socket, 'data');
    }
    await ask(front.url);
    expect(clients.map((line) => line.split(' ')[0])).toEqual([from, from, expect.not.stringMatching(from)]);
    const [first, second, other] = clients.map((line) => line.split(' ')[1]);
    expect([second, other === first]).toEqual([first, false]);
    expect(clients.every((line) => line.endsWith(' 2.0'))).toBe(true);
  });
});

it('names in Via the version in which a message came', async () => {
  const { port } = await startHttp2((stream, { via }) => {
    stream.respond({ ':status': 200, 'x-via': via });
    stream.end();
  });
  const upstreams = createUpstreams([{ url: `http://127.0.0.1:${port}`, protocol: 'http2' }]);
  onTestFinished(() => upstreams.close());
  const front = await startHandler(reverseProxy(upstreams, { via: 'front' }));
  const { headers } = await ask(front.url);
  expect([headers['x-via'], headers.via]).toEqual(['1.1 front', '2.0 front']);
});

describe('servers with protocol auto', () => {
  it.each([
    [['h2', 'http/1.1'], '2.0'],
    [['http/1.1'], '1.1'],
  ])('that offer %j get HTTP/%s', async (offer, version) => {
    const { cert, key } = localhostCertificate;
    const isHttp2 = offer[0] === 'h2';
    const server = isHttp2
      ? http2.createSecureServer({ cert, key, allowHTTP1: true })
      : (await import('node:https')).createServer({ cert, key });
    server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) =>
      response.end(request.httpVersion),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const tls = { ca: cert, serverName: 'localhost' };
    const front = await startFront({ url, tls, protocol: 'auto' });
    expect((await ask(front.url)).text).toBe(version);
  });
});

describe('WebSocket and other upgrades', () => {
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  const handshake = `GET /chat?a HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`;
  const echo: Handler = (stream, headers) => {
    const { ':method': method, ':protocol': protocol, ':path': path, ':authority': authority } = headers;
    stream.respond({
      ':status': 200,
      'x-seen': `${method} ${protocol} ${authority}${path} ${headers['sec-websocket-key']}`,
    });
    stream.on('data', (bytes: Buffer) => stream.write(bytes.toString().toUpperCase()));
    stream.on('end', () => stream.end('bye'));
  };
  const seen = 'CONNECT websocket shop/chat?a undefined';

  async function connectHttp2({ url }: Front): Promise<ClientHttp2Session> {
    const session = http2.connect(url);
    onTestFinished(() => session.destroy());
    await once(session, 'remoteSettings');
    return session;
  }

  /** An extended CONNECT by a client of HTTP/2. Returns the head of the answer, and what came after `hello` was sent. */
  async function talk(front: Front): Promise<[IncomingHttpHeaders, string]> {
    const session = await connectHttp2(front);
    const stream = session.request(
      {
        ':method': 'CONNECT',
        ':protocol': 'websocket',
        ':scheme': 'http',
        ':authority': 'shop',
        ':path': '/chat?a',
        'sec-websocket-version': '13',
      },
      { endStream: false },
    );
    const [head] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    stream.end('hello');
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    return [head, text];
  }

  it('go from a client of HTTP/1.1 to a server of HTTP/2', async () => {
    const { port } = await startHttp2(echo);
    const front = await startFront({ url: `http://127.0.0.1:${port}`, protocol: 'http2' });
    const answer = await converse(front.port, handshake, 'hello', (text) => text.endsWith('HELLO'));
    const [head, rest] = answer.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 101 /);
    expect(head).toContain(`x-seen: ${seen}`);
    expect(head!.match(/^upgrade: websocket$/gim)).toHaveLength(1);
    expect(head).toMatch(/^sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=$/im); // the example of RFC 6455 §1.3
    expect(rest).toBe('HELLO');
  });

  it('go from a client of HTTP/2 to a server of HTTP/2, to the end of both sides', async () => {
    const { port } = await startHttp2(echo);
    const front = await startFront({ url: `http://127.0.0.1:${port}`, protocol: 'http2' }, {}, true);
    const [head, text] = await talk(front);
    expect([head[':status'], head['x-seen'], head['sec-websocket-accept'], text]).toEqual([
      200,
      seen,
      undefined,
      'HELLObye',
    ]);
  });

  it('go from a client of HTTP/2 to a server of HTTP/1.1', async () => {
    const server = http.createServer().on('upgrade', (_request, socket: Duplex) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.on('error', () => undefined).on('data', (bytes: Buffer) => socket.write(bytes.toString().toUpperCase()));
      socket.on('end', () => socket.end('bye'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const front = await startFront({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, {}, true);
    const [head, text] = await talk(front);
    expect([head[':status'], text]).toEqual([200, 'HELLObye']);
  });

  it.each(['HTTP/1.1', 'HTTP/2'])(
    'are answered 502 for a client of %s where the server takes none',
    async (version) => {
      const { port, sessions } = await startHttp2(
        (stream) => stream.respond({ ':status': 200 }, { endStream: true }),
        false,
      );
      const server = { url: `http://127.0.0.1:${port}`, protocol: 'http2' } as const;
      const upstreams = createUpstreams([server]);
      onTestFinished(() => upstreams.close());
      const isHttp2 = version === 'HTTP/2';
      const front = await startHandler(reverseProxy(upstreams), {}, isHttp2 ? { http2: 'prior-knowledge' } : {});
      if (isHttp2) {
        const session = await connectHttp2(front);
        const head = {
          ':method': 'CONNECT',
          ':protocol': 'websocket',
          ':scheme': 'http',
          ':authority': 'a',
          ':path': '/',
        };
        const [answer] = (await once(session.request(head), 'response')) as [IncomingHttpHeaders];
        expect(answer[':status']).toBe(502);
      } else
        expect(await converse(front.port, handshake.replace('Upgrade', 'Upgrade, close'))).toMatch(/^HTTP\/1\.1 502 /);
      expect(JSON.stringify(front.outcomes.map(({ error }) => error?.message))).toContain(
        'the protocols http1 and auto can',
      );
      expect(upstreams.summary[0]).toMatchObject({ failures: 0 }); // the server is well
      expect(sessions).toHaveLength(1);
    },
  );

  it('that the server refuses have its answer', async () => {
    const { port } = await startHttp2((stream) => {
      stream.respond({ ':status': 403 });
      stream.end('not you');
    });
    const front = await startFront({ url: `http://127.0.0.1:${port}`, protocol: 'http2' });
    const answer = await converse(front.port, handshake, undefined, (text) => text.includes('not you'));
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });
});

it.each(['h2c', 'h2c/2.0', 'TLS/1.0', 'h2'])(
  'passes a request with an upgrade to %s on as an ordinary one, because no rule would see what comes in its tunnel',
  async (protocol) => {
    const heads: (string | undefined)[] = [];
    const server = http.createServer((request, response) => {
      heads.push(request.headers.upgrade);
      response.end('ordinary');
    });
    server.on('upgrade', (request, socket: Duplex) => {
      heads.push(request.headers.upgrade);
      socket.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const front = await startFront({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const head = `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: ${protocol}\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`;
    expect(await converse(front.port, head, undefined, (text) => text.endsWith('ordinary'))).toMatch(
      /^HTTP\/1\.1 200 /,
    );
    expect(heads).toEqual([undefined]);
  },
);
