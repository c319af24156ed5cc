import { once } from 'node:events';
import websocket from '@fastify/websocket';
import { createServer } from '@windhover/server';
import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { fromFastify } from '../src/index.ts';

it('runs @fastify/websocket', async () => {
  const app = fastify();
  await app.register(websocket);
  app.get('/page', () => 'page');
  app.get('/echo', { websocket: true }, (socket) => {
    socket.on('message', (text: Buffer) => socket.send(`heard ${text}`));
  });
  const server = createServer(await fromFastify(app));
  onTestFinished(async () => {
    await server.close({ timeoutMs: 0 });
    await app.close();
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const client = new WebSocket(`ws://127.0.0.1:${port}/echo`);
  onTestFinished(() => client.terminate());
  await once(client, 'open');
  const answer = once(client, 'message');
  client.send('hi');
  expect(String((await answer)[0])).toBe('heard hi');
  expect(await (await fetch(`http://127.0.0.1:${port}/page`)).text()).toBe('page');
});
