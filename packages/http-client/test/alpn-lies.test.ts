import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls, { type TLSSocket } from 'node:tls';
import { localhostCertificate } from '@windhover/transport/testing';
import { describe, expect, it } from 'vitest';
import { type Origin, type OriginProtocol, parseOrigin } from '../src/index.ts';
import { cleanUps, client, useHttp2Upstreams } from './http2-upstream.ts';

useHttp2Upstreams();

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
/** SETTINGS, and 200 without a body on stream 1. */
const http2Answer = Buffer.from('0000000400000000000000010105000000018' + '8', 'hex');

interface Upstream {
  readonly connections: TLSSocket[];
  origin(protocol: OriginProtocol): Origin;
}

/** An upstream that agrees on `agreed`, whatever it then does. */
async function start(agreed: string, talk: (socket: TLSSocket) => void): Promise<Upstream> {
  const connections: TLSSocket[] = [];
  const { cert, key } = localhostCertificate;
  const server = tls.createServer({ cert, key, ALPNProtocols: [agreed] }, (socket) => {
    connections.push(socket.on('error', () => undefined));
    talk(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    for (const socket of connections) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = `https://localhost:${port}`;
  return {
    connections,
    origin: (protocol) => ({ ...parseOrigin(url, { ca: cert }, protocol), address: { host: '127.0.0.1', port } }),
  };
}

const get = { method: 'GET', target: '/' };

describe('an upstream that agrees to one protocol and speaks another', () => {
  it.each(['http2', 'auto'] as const)('h2, but HTTP/1.1: is named as such, with %s', async (protocol) => {
    const upstream = await start('h2', (socket) => socket.once('data', () => socket.write(ok)));
    const { response } = client().request(upstream.origin(protocol), get);
    await expect(response).rejects.toMatchObject({
      code: 'CLIENT_BAD_RESPONSE',
      message: /it answers in HTTP\/1\.1, which the protocol http1 is for/,
    });
    await expect.poll(() => upstream.connections.every(({ destroyed }) => destroyed)).toBe(true);
    expect(upstream.connections).toHaveLength(1);
  });

  it.each(['http1', 'auto'] as const)('http/1.1, but HTTP/2 after the request: fails with %s', async (protocol) => {
    const upstream = await start('http/1.1', (socket) => socket.once('data', () => socket.write(http2Answer)));
    const { response } = client().request(upstream.origin(protocol), get);
    await expect(response).rejects.toMatchObject({ code: 'CLIENT_BAD_RESPONSE' });
    await expect.poll(() => upstream.connections.every(({ destroyed }) => destroyed)).toBe(true);
    expect(upstream.connections).toHaveLength(1);
  });

  it.each(['http1', 'auto'] as const)('http/1.1, but HTTP/2 before it is asked: fails with %s', async (protocol) => {
    const upstream = await start('http/1.1', (socket) => socket.resume().write(http2Answer));
    const { response } = client().request(upstream.origin(protocol), get);
    await expect(response).rejects.toMatchObject({
      code: expect.stringMatching(/^CLIENT_(?:BAD_RESPONSE|CLOSED_EARLY)$/),
    });
    await expect.poll(() => upstream.connections.every(({ destroyed }) => destroyed)).toBe(true);
  });

  it.each(['http2', 'auto'] as const)('h2, but bytes of neither: fails with %s', async (protocol) => {
    const upstream = await start('h2', (socket) => socket.once('data', () => socket.write('SSH-2.0-x\r\n'.repeat(9))));
    const { response } = client().request(upstream.origin(protocol), get);
    await expect(response).rejects.toMatchObject({ code: 'CLIENT_BAD_RESPONSE' });
    await expect.poll(() => upstream.connections.every(({ destroyed }) => destroyed)).toBe(true);
  });

  it('h2, and nothing at all: fails when the time for the answer is over', async () => {
    const upstream = await start('h2', (socket) => socket.resume());
    const { response } = client({ headTimeoutMs: 1 }).request(upstream.origin('http2'), get);
    await expect(response).rejects.toMatchObject({ code: 'CLIENT_HEAD_TIMEOUT' });
  });

  it('http2, but TLS agrees to HTTP/1.1: no request is sent', async () => {
    const seen: string[] = [];
    const upstream = await start('http/1.1', (socket) => socket.on('data', (bytes) => seen.push(String(bytes))));
    const { response } = client().request(upstream.origin('http2'), get);
    await expect(response).rejects.toMatchObject({ code: 'CLIENT_TLS_FAILED' });
    expect(seen).toEqual([]);
  });
});
