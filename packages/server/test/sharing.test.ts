import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { systemClock } from '@windhover/core';
import { createTimerWheel, toDuplex } from '@windhover/transport';
import { localhostCertificate } from '@windhover/transport/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createServer, type Server, type ServerOptions } from '../src/index.ts';
import { localTls } from './local-tls.ts';
import { bench, get, ok, path, post, turns } from './talk.ts';

let server: Server | null = null;

afterEach(async () => {
  await server?.close({ timeoutMs: 0 });
  server = null;
});

async function listen(handler: Parameters<typeof createServer>[0], options: ServerOptions = {}): Promise<number> {
  server = createServer(handler, options);
  const listener = await server.listen({ host: '127.0.0.1', port: 0 });
  return (listener.address as { port: number }).port;
}

/** Sends, and collects everything until the other side closes. */
function collect(socket: Duplex, ...parts: string[]): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (part) => (text += part)).on('error', () => undefined);
    socket.on('close', () => resolve(text.replace(/Date: [^\r]*/g, 'Date: D')));
    for (const part of parts) socket.write(part);
  });
}

const upgrade = get('/', 'Connection: upgrade\r\nUpgrade: x\r\n');
const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n';

describe('a tunnel that is made a Node stream', () => {
  const handler: Parameters<typeof createServer>[0] = (context) => {
    if (context.request.upgrade === null) return path(context);
    context.response.status = 101;
    context.response.upgrade = (channel) => {
      const stream = toDuplex(channel as Parameters<typeof toDuplex>[0]);
      stream.on('data', (chunk: Buffer) => stream.end(`[${chunk.toString('latin1')}]`));
    };
  };

  it.each(['tcp', 'tls'])('gets the bytes behind its head, after the answers in front of it, over %s', async (kind) => {
    const port = await listen(handler);
    const secure = await server!.listen({ host: '127.0.0.1', port: 0 }, { tls: await localTls() });
    const socket =
      kind === 'tcp'
        ? net.connect(port, '127.0.0.1')
        : tls.connect({
            host: '127.0.0.1',
            port: (secure.address as { port: number }).port,
            servername: 'localhost',
            ca: localhostCertificate.cert,
          });
    expect(await collect(socket, `${get('/front')}${upgrade}behind`)).toBe(`${ok('/front')}${switched}[behind]`);
  });
});

describe('connections that share what reads them', () => {
  it('know nothing of each other’s empty lines', async () => {
    const { connect } = bench(path);
    const [one, other] = [connect(), connect()];
    await one.say('\r\n\r\n');
    expect(await other.say(`\r\n\r\n${get('/other')}`)).toBe(ok('/other'));
    expect(await one.say(get('/one'))).toBe(ok('/one'));
    expect(await other.say(get('/again'))).toBe(ok('/again'));
  });

  it('each have their own failure', async () => {
    const { connect } = bench(path);
    const [one, other] = [connect(), connect()];
    expect(await one.say('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await other.say(get('/other'))).toBe(ok('/other'));
  });

  it('have heads in pieces at the same time', async () => {
    const { connect } = bench(path);
    const clients = Array.from({ length: 5 }, () => connect());
    for (let place = 0; place < get('/0').length; place++) {
      for (const [index, client] of clients.entries()) client.send(get(`/${index}`)[place]!);
      await turns(2);
    }
    for (const [index, client] of clients.entries()) expect(await client.hear()).toBe(ok(`/${index}`));
  });
});

describe('answers that leave together', () => {
  it('do not suffer from one whose listener and log both fail', async () => {
    const log = { debug: fail, info: fail, warn: fail, error: fail };
    function fail(): never {
      throw new Error('the disk is full');
    }
    const { connect } = bench(
      (context) => {
        if (context.request.path === '/bad') context.onSent(fail);
        return path(context);
      },
      { log },
    );
    const clients = ['/bad', '/1', '/2'].map((name) => ({ name, client: connect() }));
    for (const { name, client } of clients) client.send(get(name));
    await turns();
    expect(await clients[1]!.client.hear()).toBe(ok('/1'));
    expect(await clients[2]!.client.hear()).toBe(ok('/2'));
  });

  it('are not piled up for a client that asks and does not read', async () => {
    let handled = 0;
    const { connect } = bench((context) => {
      handled += 1;
      context.response.body = 'x'.repeat(1000);
    });
    const client = connect();
    client.channel.pause();
    client.send(get().repeat(2000));
    await turns(100);
    expect(handled).toBeLessThan(200);
    client.channel.resume();
    while (handled < 2000) await turns();
  });
});

describe('a handler that blocks', () => {
  it('costs no upload its time', async () => {
    const port = await listen(
      async ({ request, response }) => {
        const until = performance.now() + 400;
        while (performance.now() < until);
        response.body = String((await request.body.bytes()).byteLength);
      },
      { limits: { responseGraceMs: 300 } },
    );
    const socket = net.connect(port, '127.0.0.1');
    socket.write(post('Content-Length: 2\r\nConnection: close\r\n'));
    setTimeout(() => socket.write('ok'), 50);
    expect(await collect(socket)).toMatch(/\r\n\r\n2$/);
  });
});

it('takes all its times from the wheel when it is given one', async () => {
  const wheel = createTimerWheel({ clock: systemClock });
  const clock = { ...systemClock, now: () => performance.now() };
  const port = await listen(path, { wheel, clock });
  const socket = net.connect(port, '127.0.0.1');
  socket.write('GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n');
  setTimeout(() => socket.write('\r\n'), 300);
  expect(await collect(socket)).toMatch(/\/slow$/);
});

describe('a last answer', () => {
  it('is whole for a client that has asked for the close and still sends something', async () => {
    const body = 'x'.repeat(1_000_000);
    const port = await listen(({ response }) => {
      response.body = body;
    });
    const socket = net.connect(port, '127.0.0.1');
    socket.write(get('/', 'Connection: close\r\n'));
    await new Promise((resolve) => setTimeout(resolve, 50)); // nothing is read meanwhile
    socket.write('\r\n');
    expect((await collect(socket)).length).toBeGreaterThan(body.length);
  });

  it('is not followed by a reset for what came right behind its request', async () => {
    const port = await listen(path);
    const socket = net.connect(port, '127.0.0.1');
    const failures: Error[] = [];
    socket.on('error', (error) => failures.push(error));
    const answer = await collect(socket, get('/last', 'Connection: close\r\n') + get('/behind').repeat(100));
    expect(answer).toBe(ok('/last', 'Connection: close\r\n'));
    expect(failures).toEqual([]);
  });
});

describe('close() while a connection is not served yet', () => {
  it('waits for a handshake, and answers what comes after it', async () => {
    server = createServer(path);
    const listener = await server.listen({ host: '127.0.0.1', port: 0 }, { tls: await localTls() });
    const raw = net.connect((listener.address as { port: number }).port, '127.0.0.1');
    while (server.connections === 0) await turns(1);
    let isClosed = false;
    const closed = server.close({ drainIdleMs: 5000 }).then(() => (isClosed = true));
    await turns();
    expect(isClosed).toBe(false);
    const secure = tls.connect({ socket: raw, servername: 'localhost', ca: localhostCertificate.cert });
    expect(await collect(secure, get('/late'))).toBe(ok('/late', 'Connection: close\r\n'));
    await closed;
  });

  it('cuts a handshake and a middleware that take too long', async () => {
    server = createServer(path);
    const middleware = [() => new Promise<void>(() => undefined)];
    const listeners = [
      await server.listen({ host: '127.0.0.1', port: 0 }, { tls: await localTls() }),
      await server.listen({ host: '127.0.0.1', port: 0 }, { middleware }),
    ];
    const sockets = listeners.map(({ address }) => net.connect((address as { port: number }).port, '127.0.0.1'));
    while (server.connections < 2) await turns(1);
    await Promise.all([server.close({ timeoutMs: 50 }), ...sockets.map((socket) => collect(socket))]);
    expect(server.connections).toBe(0);
  });
});
