import { once } from 'node:events';
import tls from 'node:tls';
import { localhostCertificate } from '@windhover/transport/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createServer, type ProtocolError } from '../src/index.ts';
import { frame, greeting, head, hear } from './http2-bytes.ts';
import { localTls } from './local-tls.ts';
import { get } from './talk.ts';

interface Scene {
  readonly port: number;
  readonly told: ProtocolError[];
  readonly asked: string[];
}

async function start(): Promise<Scene> {
  const told: ProtocolError[] = [];
  const asked: string[] = [];
  const server = createServer(
    ({ request, response }) => {
      asked.push(request.httpVersion);
      response.body = 'hello';
    },
    { onProtocolError: (error) => void told.push(error) },
  );
  const listener = await server.listen({ host: '127.0.0.1', port: 0 }, { tls: await localTls(['h2', 'http/1.1']) });
  onTestFinished(() => server.close({ timeoutMs: 0 }));
  return { port: (listener.address as { port: number }).port, told, asked };
}

/** A connection on which TLS has agreed on what it was offered. */
async function connect(port: number, offer: readonly string[]): Promise<tls.TLSSocket> {
  const offered = offer.length === 0 ? {} : { ALPNProtocols: [...offer] };
  const socket = tls.connect({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: localhostCertificate.cert,
    ...offered,
  });
  await once(socket, 'secureConnect');
  expect(socket.alpnProtocol).toBe(offer[0] ?? false);
  return socket;
}

const request = Buffer.concat([greeting, head(1, 'GET', 5)]);

describe('a client that speaks another protocol than ALPN has agreed on', () => {
  it('h2, but HTTP/1.1: gets GOAWAY, no handler sees it, and the connection is closed', async () => {
    const { port, told, asked } = await start();
    const socket = await connect(port, ['h2']);
    const heard = hear(socket);
    socket.write(get('/'));
    await expect.poll(() => heard.isClosed).toBe(true);
    expect(heard.frames().at(-1)).toBe('GOAWAY 0 0000000000000001');
    expect([told.map(({ code }) => code), asked]).toEqual([['HTTP2_BAD_PREFACE'], []]);
  });

  it.each([['http/1.1'], []])(
    '%s, but HTTP/2: gets an error of HTTP/1.1, and the connection is closed',
    async (...offer) => {
      const { port, told, asked } = await start();
      const socket = await connect(port, offer);
      const heard = hear(socket);
      socket.write(request);
      await expect.poll(() => heard.isClosed).toBe(true);
      expect(heard.text()).toMatch(/^HTTP\/1\.1 (?:400|505) .*\r\nConnection: close\r\n/s);
      expect([told.length, asked]).toEqual([1, []]);
    },
  );

  it('h2, and nothing for a while, is not served anything', async () => {
    const { port, told, asked } = await start();
    const socket = await connect(port, ['h2']);
    const heard = hear(socket);
    socket.write(frame('HEADERS', 5, 1, Buffer.of(0x82))); // no preface
    await expect.poll(() => heard.isClosed).toBe(true);
    expect([told.map(({ code }) => code), asked]).toEqual([['HTTP2_BAD_PREFACE'], []]);
  });
});

it('a client that offers only protocols that nobody speaks gets no connection', async () => {
  const { port, asked } = await start();
  const socket = tls.connect({ host: '127.0.0.1', port, ca: localhostCertificate.cert, ALPNProtocols: ['spdy/3'] });
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect([error.code, asked]).toEqual(['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', []]);
});

it('a client that offers h2 second gets what the server prefers', async () => {
  const { port, asked } = await start();
  const socket = tls.connect({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: localhostCertificate.cert,
    ALPNProtocols: ['http/1.1', 'h2'],
  });
  await once(socket, 'secureConnect');
  expect(socket.alpnProtocol).toBe('h2');
  const heard = hear(socket);
  socket.write(request);
  await expect.poll(() => heard.frames().some((each) => each.startsWith('DATA 1 '))).toBe(true);
  expect(asked).toEqual(['2.0']);
});
