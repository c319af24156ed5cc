import { once } from 'node:events';
import { createServer as createNodeServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { compose, type HttpContext, type Middleware, type Outcome } from '@windhover/core';
import { reverseProxy } from '@windhover/proxy';
import { createServer, type Server } from '@windhover/server';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { type WebSocketLimitsOptions, webSocket, webSocketLimits } from '../src/index.ts';
import { closeOf, connectWs, messages } from './talk.ts';

/** A ws echo server behind a proxy with limits. */
async function serve(
  options: WebSocketLimitsOptions,
): Promise<{ url: string; upstream: WebSocketServer; server: Server; outcomes: Outcome[] }> {
  const application = createNodeServer((_request, response) => void response.end('page'));
  const upstream = new WebSocketServer({ server: application });
  upstream.on('connection', (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  );
  await once(application.listen(0, '127.0.0.1'), 'listening');
  const proxy = reverseProxy(`http://127.0.0.1:${(application.address() as AddressInfo).port}`);
  const outcomes: Outcome[] = [];
  const observe: Middleware<HttpContext> = (context, next) => {
    context.onSent((outcome) => void outcomes.push(outcome));
    return next(context);
  };
  const server = createServer(compose<HttpContext>([observe, webSocketLimits(options)], proxy));
  onTestFinished(async () => {
    for (const socket of upstream.clients) socket.terminate();
    application.close();
    await server.close({ timeoutMs: 0 });
    proxy.close();
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  return { url: `ws://127.0.0.1:${port}/`, upstream, server, outcomes };
}

describe('webSocketLimits() in front of a proxy', () => {
  it('passes messages of every size on, and counts them', async () => {
    const counts = { opened: 0, client: 0, server: 0, closed: [] as unknown[] };
    const { url } = await serve({
      maxMessageBytes: 200_000,
      observer: {
        opened: () => void counts.opened++,
        message: (from) => void counts[from]++,
        closed: (limit) => void counts.closed.push(limit),
      },
    });
    const client = await connectWs(url);
    const sent = ['a', 'b'.repeat(70_000), '', 'ü'.repeat(50_000)];
    const received = messages(client, sent.length);
    for (const text of sent) client.send(text);
    expect(await received).toEqual(sent);
    client.close(1000);
    await closeOf(client);
    await expect.poll(() => counts).toEqual({ opened: 1, client: 4, server: 4, closed: [null] });
  });

  it('closes a connection whose client sends too large a message, before the upstream gets it', async () => {
    const { url, upstream } = await serve({ maxMessageBytes: 1000 });
    const client = await connectWs(url);
    const [socket] = upstream.clients;
    const heard: number[] = [];
    socket!.on('message', (data: Buffer) => void heard.push(data.length));
    const gone = once(socket!, 'close');
    const echo = messages(client, 1);
    client.send('a'.repeat(1000));
    expect(await echo).toEqual(['a'.repeat(1000)]);
    client.send('b'.repeat(600), { fin: false });
    client.send('c'.repeat(401), { fin: true });
    expect(await closeOf(client)).toEqual([1009, 'A message is larger than allowed']);
    expect((await gone)[0]).toBe(1006);
    expect(heard).toEqual([1000]);
  });

  it.each([
    [{ idleMs: 5000 }, 'No message was exchanged for too long'],
    [{ maxAgeMs: 5000 }, 'The connection has reached its maximum age'],
  ])('closes a connection by %j', async (limits, reason) => {
    const clock = createManualClock();
    const { url } = await serve({ ...limits, clock });
    const end = closeOf(await connectWs(url));
    clock.advance(5000);
    expect(await end).toEqual([1001, reason]);
  });

  it('says goodbye with 1001 when the server stops, and counts that as no limit', async () => {
    const ends: unknown[] = [];
    const observer = {
      opened: () => undefined,
      message: () => undefined,
      closed: (limit: unknown) => void ends.push(limit),
    };
    const { url, server } = await serve({ observer });
    const end = closeOf(await connectWs(url));
    await server.close({ tunnelTimeoutMs: 60_000, timeoutMs: 60_000 });
    expect(await end).toEqual([1001, 'The server stops']);
    expect(ends).toEqual([null]);
  });

  it('leaves the goodbye to the handler that made the connection', async () => {
    const server = createServer(
      compose<HttpContext>(
        [webSocketLimits()],
        webSocket(() => undefined),
      ),
    );
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const end = closeOf(await connectWs(`ws://127.0.0.1:${port}/`));
    await server.close({ tunnelTimeoutMs: 60_000, timeoutMs: 60_000 });
    expect(await end).toEqual([1001, '']);
  });

  it('names the limit in the outcome, and so in the access log', async () => {
    const clock = createManualClock();
    const { url, outcomes } = await serve({ idleMs: 5000, clock });
    const end = closeOf(await connectWs(url));
    clock.advance(5000);
    await end;
    await expect.poll(() => outcomes).toMatchObject([{ end: 'upgraded', error: { code: 'WEBSOCKET_IDLE' } }]);
  });

  it('lets pages of named origins in only', async () => {
    const { url, upstream } = await serve({ origins: ['https://a.example'] });
    await connectWs(url, [], { origin: 'https://a.example' });
    await expect(connectWs(url, [], { origin: 'https://b.example' })).rejects.toThrow('403');
    expect(upstream.clients.size).toBe(1);
  });

  it('holds for a client that asks for other protocols too (Upgrade: websocket, x)', async () => {
    const { url, upstream } = await serve({ origins: ['https://a.example'] });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const fields =
      'Connection: Upgrade\r\nUpgrade: websocket, x\r\nOrigin: https://b.example\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
    socket.write(`GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n`);
    expect(String((await once(socket, 'data'))[0])).toContain('HTTP/1.1 403 ');
    socket.destroy();
    expect(upstream.clients.size).toBe(0);
  });

  it('leaves other requests alone', async () => {
    const { url } = await serve({ maxMessageBytes: 1 });
    expect(await (await fetch(url.replace('ws:', 'http:'))).text()).toBe('page');
  });
});
