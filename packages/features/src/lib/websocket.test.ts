import { once } from 'node:events';
import { createServer as createNodeServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from '@windhover/server';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { handlerOf } from './feature-fixtures.ts';

it('limits the messages of a proxied WebSocket, and refuses pages of others', async () => {
  const application = createNodeServer();
  const sockets = new WebSocketServer({ server: application });
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))));
  await once(application.listen(0, '127.0.0.1'), 'listening');
  const { port: upstream } = application.address() as AddressInfo;
  const route = `{ path: /, websocket: { maxMessage: 10B, origins: "https://a.example" }, proxy: "http://127.0.0.1:${upstream}" }`;
  const server = createServer(await handlerOf(`sites: { a: { routes: [${route}] } }`));
  onTestFinished(async () => {
    for (const socket of sockets.clients) socket.terminate();
    application.close();
    await server.close({ timeoutMs: 0 });
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const url = `ws://127.0.0.1:${port}/`;

  const client = new WebSocket(url, { origin: 'https://a.example' });
  await once(client, 'open');
  const echo = once(client, 'message');
  client.send('ten bytes.');
  expect(String((await echo)[0])).toBe('ten bytes.');
  const closed = once(client, 'close');
  client.send('eleven bytes');
  expect((await closed)[0]).toBe(1009);

  await expect(once(new WebSocket(url, { origin: 'https://b.example' }), 'open')).rejects.toThrow('403');
});

it('false refuses the WebSockets that a proxy would pass on, and an inner level may allow them again', async () => {
  const application = createNodeServer((_request, response) => response.end('page'));
  const sockets = new WebSocketServer({ server: application });
  await once(application.listen(0, '127.0.0.1'), 'listening');
  const proxy = `proxy: "http://127.0.0.1:${(application.address() as AddressInfo).port}"`;
  const routes = `[{ path: /, ${proxy} }, { path: /live, websocket: true, ${proxy} }]`;
  const server = createServer(await handlerOf(`sites: { a: { websocket: false, routes: ${routes} } }`));
  onTestFinished(async () => {
    for (const socket of sockets.clients) socket.terminate();
    application.close();
    await server.close({ timeoutMs: 0 });
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  await expect(once(new WebSocket(`ws://127.0.0.1:${port}/`), 'open')).rejects.toThrow('403');
  await once(new WebSocket(`ws://127.0.0.1:${port}/live`), 'open');
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('page');
});
