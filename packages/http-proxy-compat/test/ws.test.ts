import http from 'node:http';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { proxyTo, serve } from './compat-fixtures.ts';

const upgrade =
  'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n';

/** A target that agrees, and sends back what it gets. */
async function echoTarget(refuses = false): Promise<string> {
  const server = http.createServer();
  server.on('upgrade', (request, socket) => {
    if (refuses) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX-Why: no\r\n\r\nno');
      return;
    }
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Path: ${request.url}\r\nX-Extra: ${String(request.headers['x-extra'])}\r\n\r\n`,
    );
    socket.pipe(socket);
  });
  return serve((_request, response) => response.end(), server);
}

function connect(url: string, text: string): { socket: net.Socket; received: () => string } {
  let all = '';
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
  socket.on('data', (chunk) => {
    all += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  return { socket, received: () => all };
}

describe('ws()', () => {
  it('joins both connections, and tells about it', async () => {
    const { url, proxy } = await proxyTo({ target: (await echoTarget()).replace('http', 'ws') });
    const told: string[] = [];
    proxy.on('proxyReqWs', (proxyReq) => proxyReq.setHeader('X-Extra', 'yes'));
    proxy.on('open', () => told.push('open'));
    proxy.on('close', () => told.push('close'));
    const { socket, received } = connect(url, `${upgrade}early`);
    await expect.poll(received).toMatch(/^HTTP\/1\.1 101 .*X-Path: \/chat\r\nX-Extra: yes\r\n\r\nearly$/s);
    socket.write(' and more');
    await expect.poll(received).toMatch(/early and more$/);
    socket.end();
    await expect.poll(() => told).toEqual(['open', 'close']);
  });

  it('passes on the answer of a target that does not agree', async () => {
    const { url } = await proxyTo({ target: await echoTarget(true) });
    const { received } = connect(url, upgrade);
    await expect.poll(received).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n.*X-Why: no\r\n.*\r\n\r\nno$/s);
  });

  it('tells when there is no target, and ends the connection', async () => {
    const gone = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => gone.once('listening', resolve));
    const { port } = gone.address() as net.AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const { url, proxy } = await proxyTo({ target: `ws://127.0.0.1:${port}` });
    const codes: unknown[] = [];
    proxy.on('error', (error: NodeJS.ErrnoException) => codes.push(error.code));
    const { socket } = connect(url, upgrade);
    const isClosed = new Promise((resolve) => socket.once('close', resolve));
    await isClosed;
    expect(codes).toEqual(['ECONNREFUSED']);
  });

  it('refuses other protocols', async () => {
    const { url } = await proxyTo({ target: await echoTarget() });
    const { socket, received } = connect(url, upgrade.replace('websocket', 'other'));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(received()).toBe('');
  });
});
