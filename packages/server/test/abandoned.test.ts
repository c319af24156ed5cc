import { once } from 'node:events';
import net from 'node:net';
import type { Outcome } from '@windhover/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createServer } from '../src/index.ts';
import { get, path } from './talk.ts';

it('keeps nothing of clients that left while a handler was at work that never settles', async () => {
  const outcomes: Outcome[] = [];
  const server = createServer(
    (context) => {
      if (context.request.path === '/alive') return path(context);
      context.onSent((outcome) => outcomes.push(outcome));
      return new Promise(() => undefined);
    },
    { limits: { maxConnections: 300 } },
  );
  onTestFinished(() => server.close({ timeoutMs: 0 }));
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const leave = async (): Promise<void> => {
    const socket = net.connect({ port: port!, host: '127.0.0.1', allowHalfOpen: true }).resume();
    socket.end(get('/never'));
    await once(socket, 'close');
  };
  await Promise.all(Array.from({ length: 300 }, leave));
  await vi.waitFor(() => expect(server.connections).toBe(0));
  expect(outcomes.length).toBe(300);
  expect(new Set(outcomes.map(({ end }) => end))).toEqual(new Set(['client-closed']));
  expect(await (await fetch(`http://127.0.0.1:${port}/alive`)).text()).toBe('/alive');
});
