import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import type { Connection } from '@windhover/core';
import { afterEach, describe, expect, it } from 'vitest';
import { connect, createMemoryPair, createTls, type Listener, listen, toDuplex } from '../src/index.ts';
import { localhostCertificate, writeLocalhostCertificate } from '../src/testing.ts';

type Accept = (connection: Connection) => void;
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Opens a client stream whose other end is passed to `accept` as a connection of the driver under test. */
type OpenClient = (accept: Accept) => Promise<Duplex>;

const drivers: readonly (readonly [string, OpenClient])[] = [
  ['the borrowing driver', (accept) => openSocket(accept, 'borrow')],
  ["the 'data' driver", (accept) => openSocket(accept, 'data')],
  ['the borrowing driver of TLS', (accept) => openSecure(accept, 'borrow')],
  ["the 'data' driver of TLS", (accept) => openSecure(accept, 'data')],
  [
    'the memory driver',
    async (accept) => {
      const [near, far] = createMemoryPair();
      accept(far);
      closers.push(() => near.destroy());
      return toDuplex(near);
    },
  ],
];

async function openSocket(accept: Accept, driver: 'borrow' | 'data'): Promise<Duplex> {
  const listener: Listener = await listen({ host: '127.0.0.1', port: 0 }, accept, { driver });
  const socket = net.connect(listener.address as { host: string; port: number });
  socket.on('error', () => undefined);
  closers.push(() => {
    socket.destroy();
    void listener.close();
  });
  return socket;
}

async function openSecure(accept: Accept, driver: 'borrow' | 'data'): Promise<Duplex> {
  const folder = await mkdtemp(join(tmpdir(), 'duplex-'));
  const secure = await createTls({
    certificate: await writeLocalhostCertificate(folder),
    driver,
    alpnProtocols: ['h2'],
  });
  await rm(folder, { recursive: true });
  const listener = await listen({ host: '127.0.0.1', port: 0 }, accept, { tls: secure });
  const { host, port } = listener.address as { host: string; port: number };
  const socket = tls.connect({ host, port, ca: localhostCertificate.cert, ALPNProtocols: ['h2'] });
  socket.allowHalfOpen = true;
  socket.on('error', () => undefined);
  closers.push(() => {
    socket.destroy();
    void listener.close();
  });
  await once(socket, 'secureConnect');
  return socket;
}

/** Reads the first bytes to look at them, puts them back, and switches to the stream inside that call. */
function peek(connection: Connection, then: (duplex: Duplex, first: string) => void): void {
  connection.attach({
    data: (chunk) => {
      const first = Buffer.from(chunk).toString('latin1');
      connection.unread(chunk.subarray(5));
      connection.unread(chunk.subarray(0, 5));
      then(toDuplex(connection), first);
    },
    end: () => undefined,
    drain: () => undefined,
    close: () => undefined,
  });
}

describe.each(drivers)('toDuplex() over %s', (_name, open) => {
  it('gives what was put back first, then the rest, whole', async () => {
    const size = 3_000_000;
    let received = '';
    const client = await open((connection) =>
      peek(connection, (duplex) => {
        duplex.once('end', () => duplex.end('bye'));
        duplex.setEncoding('latin1').on('data', (chunk) => {
          received += chunk;
        });
      }),
    );
    client.write('first words');
    client.end(Buffer.alloc(size, 'x'));
    expect(await text(client)).toBe('bye');
    expect(received.slice(0, 11)).toBe('first words');
    expect(received.length).toBe(11 + size);
  });

  it('waits for a reader that is slow, and for a peer that is', async () => {
    let far: Duplex | undefined;
    const client = await open((connection) => {
      far = toDuplex(connection);
      far.read(0);
    });
    while (client.write(Buffer.alloc(64 * 1024)) || client.writableLength < 8_000_000);
    await until(() => far !== undefined && far.readableLength > 0);
    await turns();
    expect(far!.readableLength).toBeLessThan(1_000_000);
    while (far!.write(Buffer.alloc(64 * 1024)) || far!.writableLength < 8_000_000);
    await turns();
    expect(far!.writableLength).toBeGreaterThan(1_000_000);
    far!.resume();
    client.resume();
    await Promise.all([once(client, 'drain'), once(far!, 'drain')]);
    far!.destroy();
  });

  it('gives the same stream again, and says when the connection is gone', async () => {
    const events: string[] = [];
    const client = await open((connection) => {
      connection.onClosed((error) => events.push(`closed ${error?.message}`));
      expect(toDuplex(connection)).toBe(toDuplex(connection));
      toDuplex(connection).on('close', () => events.push('close'));
      connection.destroy(new Error('enough'));
    });
    client.resume();
    await until(() => events.length === 2);
    expect(events.sort()).toEqual(['close', 'closed enough']);
  });

  it('carries node:http', async () => {
    const server = http.createServer(async (request, response) => {
      response.end(`${request.url} ${(await text(request)).length}`);
    });
    const client = await open((connection) => peek(connection, (duplex) => server.emit('connection', duplex)));
    client.write('POST /one HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n');
    client.write(Buffer.alloc(200_000));
    client.write('GET /two HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const answers = await text(client);
    expect(answers).toContain('/one 200000');
    expect(answers).toMatch(/\/two 0$/);
  });

  it('carries node:http2 from the first byte on', async () => {
    const server = http2.createServer((request, response) => response.end(`you asked for ${request.url}`));
    const client = await open((connection) => server.emit('connection', toDuplex(connection)));
    const session = http2.connect('http://localhost', { createConnection: () => client });
    expect(await text(session.request({ ':path': '/a' }))).toBe('you asked for /a');
    session.destroy();
  });

  it('carries node:http2', async () => {
    const server = http2.createServer((request, response) => response.end(`you asked for ${request.url}`));
    let preface = '';
    const client = await open((connection) =>
      peek(connection, (duplex, first) => {
        preface = first;
        server.emit('connection', duplex);
      }),
    );
    const session = http2.connect('http://localhost', { createConnection: () => client });
    const answers = ['/a', '/b'].map((path) => text(session.request({ ':path': path })));
    expect(await Promise.all(answers)).toEqual(['you asked for /a', 'you asked for /b']);
    expect(preface).toMatch(/^PRI \* HTTP\/2/);
    session.destroy();
  });

  it('carries TLS', async () => {
    const secureContext = tls.createSecureContext(localhostCertificate);
    const client = await open((connection) =>
      peek(connection, (duplex) => {
        const socket = new tls.TLSSocket(duplex, { isServer: true, secureContext });
        socket.pipe(socket);
      }),
    );
    const secure = tls.connect({ socket: client, ca: localhostCertificate.cert, servername: 'localhost' });
    await once(secure, 'secureConnect');
    secure.end(Buffer.alloc(300_000, 'x'));
    expect((await text(secure)).length).toBe(300_000);
  });

  it('ends when the peer had ended before', async () => {
    const client = await open((connection) =>
      connection.attach({
        data: () => undefined,
        end: () => {
          const duplex = toDuplex(connection);
          duplex.on('end', () => duplex.end('good bye'));
          duplex.resume();
        },
        drain: () => undefined,
        close: () => undefined,
      }),
    );
    client.end('x');
    expect(await text(client)).toBe('good bye');
  });
});

it('gives the socket itself where there is one', async () => {
  const listener = await listen({ host: '127.0.0.1', port: 0 }, () => undefined);
  closers.push(() => void listener.close());
  const connection = await connect(listener.address as { host: string; port: number });
  const duplex = toDuplex(connection);
  expect(duplex).toBeInstanceOf(net.Socket);
  expect((duplex as net.Socket).remotePort).toBe(connection.info.remotePort);
  connection.destroy();
});

it('knows the addresses even without a socket', () => {
  expect(toDuplex(createMemoryPair()[0])).toMatchObject({ encrypted: false, remoteAddress: '', remotePort: 0 });
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}
