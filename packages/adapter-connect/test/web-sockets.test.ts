import { once } from 'node:events';
import http, { createServer as createNodeServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { createNodeWebSocket } from '@hono/node-ws';
import { createServer } from '@windhover/server';
import express from 'express';
import expressWs from 'express-ws';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { Hono } from 'hono';
import { Server as SocketServer } from 'socket.io';
import { io } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { fromNodeServer } from '../src/index.ts';

// As graphql-ws gets it: an import here would give another copy, and the two do not mix.
const { buildSchema } = createRequire(import.meta.url)('graphql') as typeof import('graphql');

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Runs a server of `node:http` on ours, until the test ends, and returns the port. */
async function host(server: Server): Promise<number> {
  const own = createServer(fromNodeServer(server, { log: quiet }), { log: quiet });
  onTestFinished(() => own.close({ timeoutMs: 0 }));
  return (await own.listen({ host: '127.0.0.1', port: 0 })).port!;
}

/** Connects, says something and returns the answer. */
async function talk(url: string, text: string, protocols: string[] = []): Promise<string> {
  const client = new WebSocket(url, protocols);
  onTestFinished(() => client.terminate());
  await once(client, 'open');
  const answer = once(client, 'message');
  client.send(text);
  return String((await answer)[0]);
}

describe('a hosted server of node:http with WebSockets', () => {
  it('runs ws, over every size, both ways, with its close', async () => {
    const server = createNodeServer((_request, response) => void response.end('plain'));
    const sockets = new WebSocketServer({ server, perMessageDeflate: true });
    sockets.on('connection', (socket, request) => {
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
      socket.send(`${request.url} ${request.headers.upgrade}`);
    });
    const port = await host(server);
    const client = new WebSocket(`ws://127.0.0.1:${port}/chat?a=1`);
    onTestFinished(() => client.terminate());
    expect(String((await once(client, 'message'))[0])).toBe('/chat?a=1 websocket');
    for (const size of [0, 1, 125, 126, 70_000, 3_000_000]) {
      const echo = once(client, 'message');
      client.send(Buffer.alloc(size, 7));
      expect(Buffer.compare((await echo)[0] as Buffer, Buffer.alloc(size, 7))).toBe(0);
    }
    const closed = once([...sockets.clients][0]!, 'close');
    client.close(4001, 'enough');
    expect(String((await closed)[1])).toBe('enough');
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('plain');
  });

  it('runs two servers of ws on two paths, each refusing what the listener refuses', async () => {
    const server = createNodeServer();
    const one = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      if (request.url !== '/one') {
        socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 6\r\nX-Why: path\r\n\r\nsecret');
        return;
      }
      one.handleUpgrade(request, socket, head, (client) => client.send('welcome'));
    });
    const port = await host(server);
    const client = new WebSocket(`ws://127.0.0.1:${port}/one`);
    onTestFinished(() => client.terminate());
    expect(String((await once(client, 'message'))[0])).toBe('welcome');
    const other = new WebSocket(`ws://127.0.0.1:${port}/two`);
    const [, response] = (await once(other, 'unexpected-response')) as [unknown, http.IncomingMessage];
    expect([response.statusCode, response.headers['x-why'], response.headers.connection]).toEqual([
      401,
      'path',
      'close',
    ]);
    other.on('error', () => undefined).terminate();
  });

  it('keeps its backpressure: a slow reader stops the application, a slow application the client', async () => {
    const server = createNodeServer();
    server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: bulk\r\n\r\n');
      let sent = 0;
      const more = (): void => {
        while (sent < 20_000_000) {
          sent += 100_000;
          if (!socket.write(Buffer.alloc(100_000, 1))) {
            socket.once('drain', more);
            return;
          }
        }
        socket.end();
      };
      more();
    });
    const port = await host(server);
    const client = connect(port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: bulk\r\n\r\n');
    let received = 0;
    for await (const chunk of client) received += (chunk as Buffer).length;
    expect(received).toBeGreaterThan(20_000_000);
    expect(received).toBeLessThan(20_000_400);
  });

  it('ends the request of an application that destroys the socket, or never answers a client that leaves', async () => {
    const server = createNodeServer();
    const closed: Promise<unknown>[] = [];
    server.on('upgrade', (request, socket) => {
      if (request.url === '/destroy') socket.destroy();
      else closed.push(once(socket, 'close'));
    });
    const port = await host(server);
    const client = new WebSocket(`ws://127.0.0.1:${port}/destroy`);
    await expect(once(client, 'open')).rejects.toThrow('500');
    const silent = connect(port, '127.0.0.1');
    silent.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
    await expect.poll(() => closed.length).toBe(1);
    silent.destroy();
    await closed[0];
  });

  it('leaves an informational answer before the 101 out', async () => {
    const server = createNodeServer();
    server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nhello');
      socket.end();
    });
    const port = await host(server);
    const client = connect(port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
    let received = '';
    for await (const chunk of client) received += String(chunk);
    expect(received).toMatch(/^HTTP\/1\.1 101 .*\r\n\r\nhello$/s);
  });

  it('lets go of the socket of a client that leaves before the body of its upgrade is whole', async () => {
    const server = createNodeServer();
    const sockets = new WebSocketServer({ server });
    const port = await host(server);
    const fields = 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
    const client = connect(port, '127.0.0.1');
    client.write(`GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n${fields}Content-Length: 9\r\n\r\n`);
    await expect.poll(() => sockets.clients.size).toBe(1);
    client.destroy();
    await expect.poll(() => sockets.clients.size).toBe(0);
  });

  it('tells of a listener that throws after its 101, and ends that connection only', async () => {
    const server = createNodeServer();
    new WebSocketServer({ server }).on('connection', () => {
      throw new Error('a bug');
    });
    const lines: unknown[] = [];
    const log = { ...quiet, error: (text: string) => void lines.push(text) };
    const own = createServer(fromNodeServer(server, { log }), { log });
    onTestFinished(() => own.close({ timeoutMs: 0 }));
    const { port } = await own.listen({ host: '127.0.0.1', port: 0 });
    const client = new WebSocket(`ws://127.0.0.1:${port}/`);
    client.on('error', () => undefined);
    await once(client, 'close');
    expect(lines).toEqual(['A hosted application failed after it had answered an upgrade']);
    expect(own.isReady).toBe(true);
  });

  it('runs Socket.IO, from long polling to WebSocket', async () => {
    const server = createNodeServer();
    const sockets = new SocketServer(server);
    onTestFinished(() => void sockets.close());
    sockets.on('connection', (socket) => socket.on('ask', (text: string, answer) => answer(`${text}!`)));
    const port = await host(server);
    for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
      const client = io(`http://127.0.0.1:${port}`, { transports, reconnection: false });
      onTestFinished(() => void client.close());
      expect(await client.emitWithAck('ask', 'hello')).toBe('hello!');
      if (transports[1] !== undefined && client.io.engine.transport.name !== 'websocket') {
        await new Promise<void>((resolve) => client.io.engine.once('upgrade', () => resolve()));
      }
    }
  });

  it('runs express-ws', async () => {
    const app = express();
    const server = createNodeServer(app);
    expressWs(app, server).app.ws('/echo/:name', (socket, request) => {
      socket.on('message', (text) => socket.send(`${request.params['name']}: ${text}`));
    });
    app.get('/', (_request, response) => void response.send('page'));
    const port = await host(server);
    expect(await talk(`ws://127.0.0.1:${port}/echo/ann`, 'hi')).toBe('ann: hi');
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('page');
  });

  it("runs Hono's upgradeWebSocket", async () => {
    const app = new Hono();
    const { injectWebSocket, upgradeWebSocket } = createNodeWebSocket({ app });
    app.get('/', (context) => context.text('page'));
    app.get(
      '/echo',
      upgradeWebSocket(() => ({ onMessage: (event, socket) => socket.send(`heard ${event.data}`) })),
    );
    const server = createAdaptorServer(app) as Server;
    injectWebSocket(server);
    const port = await host(server);
    expect(await talk(`ws://127.0.0.1:${port}/echo`, 'hi')).toBe('heard hi');
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('page');
  });

  it('runs graphql-ws', async () => {
    const server = createNodeServer();
    const schema = buildSchema('type Query { hello: String } type Subscription { count: Int }');
    async function* count(): AsyncGenerator<{ count: number }> {
      for (const each of [1, 2, 3]) yield { count: each };
    }
    const sockets = new WebSocketServer({ server, path: '/graphql' });
    const disposable = useServer(
      { schema, roots: { query: { hello: () => 'world' }, subscription: { count } } },
      sockets,
    );
    onTestFinished(() => void disposable.dispose());
    const port = await host(server);
    const client = createClient({ url: `ws://127.0.0.1:${port}/graphql`, webSocketImpl: WebSocket });
    onTestFinished(() => void client.dispose());
    const counts: unknown[] = [];
    for await (const { data } of client.iterate({ query: 'subscription { count }' })) counts.push(data!['count']);
    expect(counts).toEqual([1, 2, 3]);
  });
});

describe('fromNodeServer()', () => {
  it('refuses what it cannot run', async () => {
    expect(() => fromNodeServer((() => undefined) as never)).toThrow('fromNodeServer() takes a server of node:http');
    const server = createNodeServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    expect(() => fromNodeServer(server)).toThrow('leave server.listen() out');
    server.close();
  });
});
