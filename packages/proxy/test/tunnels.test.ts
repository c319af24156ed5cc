import net from 'node:net';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { echo, setUpProxies, startProxy, startUpstream } from './proxy-fixtures.ts';

setUpProxies();

const request = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: bulk\r\n\r\n';
const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: bulk\r\n\r\n';
const total = 4_200_000;

describe('a tunnel through reverseProxy()', () => {
  it('loses nothing when its client has half-closed and the upstream ends behind a long answer', async () => {
    const upstream = await startUpstream(echo);
    upstream.on('upgrade', (_request, socket) => {
      socket.write(switched);
      socket.on('end', () => socket.end(Buffer.alloc(total, 97))).resume();
    });
    const front = await startProxy(upstream.origin);
    const received = await new Promise<number>((resolve, reject) => {
      const client = net.connect({ port: front.port, host: '127.0.0.1', allowHalfOpen: true });
      client.write(request);
      let bytes = 0;
      client.once('data', (head) => {
        bytes += head.byteLength - (head.indexOf('\r\n\r\n') + 4);
        client.pause().end();
        setImmediate(() => client.resume());
        client.on('data', (chunk) => {
          bytes += chunk.byteLength;
          client.pause(); // slower than the upstream
          setImmediate(() => client.resume());
        });
      });
      client.on('end', () => resolve(bytes)).on('error', reject);
    });
    expect(received).toBe(total);
  });

  it('cuts the client when the upstream was cut', async () => {
    const upstream = await startUpstream(echo);
    upstream.on('upgrade', (_request, socket) => {
      socket.write(switched);
      socket.once('data', () => (socket as net.Socket).resetAndDestroy());
    });
    const front = await startProxy(upstream.origin);
    const end = await new Promise<unknown>((resolve) => {
      const client = net.connect(front.port, '127.0.0.1', () => client.write(request));
      client.once('data', () => client.write('go on'));
      client.on('end', () => resolve('end')).on('error', (error) => resolve((error as NodeJS.ErrnoException).code));
    });
    expect(end).toBe('ECONNRESET');
  });

  it('ends when nothing moved for tunnelIdleMs', async () => {
    const clock = createManualClock();
    const upstream = await startUpstream(echo);
    upstream.on('upgrade', (_request, socket) => socket.on('error', () => undefined).write(switched));
    const front = await startProxy(upstream.origin, { clock, tunnelIdleMs: 1000 });
    const client = net.connect(front.port, '127.0.0.1', () => client.write(request));
    client.on('error', () => undefined);
    await new Promise((resolve) => client.once('data', resolve));
    const closed = new Promise((resolve) => client.once('close', resolve));
    clock.advance(1500);
    await closed;
  });
});
