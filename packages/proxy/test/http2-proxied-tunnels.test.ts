import { once } from 'node:events';
import http from 'node:http';
import http2, { type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import net, { type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createUpstreams, reverseProxy } from '../src/index.ts';
import { codeOf, connectRaw, connectTo, get, reset, windowUpdate } from './http2-raw-client.ts';
import { data } from './http2-wire.ts';
import { type Front, setUpProxies, startHandler } from './proxy-fixtures.ts';

setUpProxies();

const CANCEL = 8;
const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n';
const handshake =
  'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** A server of HTTP/1.1 that gives its upgraded sockets to `use`. */
async function startHttp1(use: (socket: Socket) => void): Promise<{ url: string; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = http.createServer((_request, response) => response.end('plain'));
  server.on('upgrade', (_request, socket: Socket) => {
    sockets.push(socket.on('error', () => undefined));
    use(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

async function startHttp2(handler: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void): Promise<string> {
  const sessions: http2.ServerHttp2Session[] = [];
  const server = http2.createServer({ settings: { enableConnectProtocol: true }, maxSessionMemory: 1000 });
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream, headers) =>
    handler(
      stream.on('error', () => undefined),
      headers,
    ),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startFront(url: string, protocol: 'http1' | 'http2', isHttp2: boolean): Promise<Front> {
  const upstreams = createUpstreams([{ url, protocol }]);
  onTestFinished(() => upstreams.close());
  return startHandler(reverseProxy(upstreams), {}, isHttp2 ? { http2: 'prior-knowledge' } : {});
}

describe('a tunnel from HTTP/2 to HTTP/1.1', () => {
  it('is reset when the upstream is cut in the middle of a message, and the connection goes on', async () => {
    const { url, sockets } = await startHttp1((socket) => socket.write(`${switching}half of a mess`));
    const front = await startFront(url, 'http1', true);
    const client = await connectRaw(front.port);
    client.send(connectTo(1));
    await expect.poll(() => client.text(1)).toBe('half of a mess');
    sockets[0]!.resetAndDestroy();
    expect(codeOf((await client.seen('RST_STREAM', 1))[0]!)).not.toBe(0);
    client.send(get(3));
    await expect.poll(() => client.text(3)).toBe('plain');
  });

  it('closes the upstream when the client resets the stream, or its connection is cut', async () => {
    const { url, sockets } = await startHttp1((socket) => socket.resume().write(switching));
    const front = await startFront(url, 'http1', true);
    const client = await connectRaw(front.port);
    client.send(connectTo(1), connectTo(3));
    await Promise.all([client.seen('HEADERS', 1), client.seen('HEADERS', 3)]);
    const open = (): number => sockets.filter(({ destroyed }) => !destroyed).length;
    expect(open()).toBe(2);
    client.send(reset(1, CANCEL));
    await expect.poll(open).toBe(1);
    client.socket.resetAndDestroy();
    await expect.poll(open).toBe(0);
  });

  it('passes each half close on', async () => {
    const { url } = await startHttp1((socket) => {
      socket.write(switching);
      socket.on('data', (bytes) => socket.write(bytes)).on('end', () => socket.end('bye'));
    });
    const front = await startFront(url, 'http1', true);
    const client = await connectRaw(front.port);
    client.send(connectTo(1));
    await client.seen('HEADERS', 1);
    client.send(data(1, 'last', true));
    await expect.poll(() => client.text(1)).toBe('lastbye');
    await expect
      .poll(() => client.frames.some(({ type, id, flags }) => type === 'DATA' && id === 1 && flags === 1))
      .toBe(true);
  });

  it('holds the upstream back while the client opens no window', async () => {
    const size = 20_000_000;
    let isTaken = true;
    const { url } = await startHttp1((socket) => {
      socket.write(switching);
      isTaken = socket.write(Buffer.alloc(size, 'x'));
    });
    const front = await startFront(url, 'http1', true);
    const client = await connectRaw(front.port);
    client.send(connectTo(1));
    await expect.poll(() => client.text(1).length).toBe(65_535);
    expect(isTaken).toBe(false);
    client.send(get(3));
    await client.seen('HEADERS', 3);
    let received = 65_535;
    client.send(windowUpdate(0, size), windowUpdate(1, size));
    await expect.poll(() => (received = client.text(1).length)).toBe(size);
    expect(received).toBe(size);
  });

  it('that is refused has the answer of the upstream with its body', async () => {
    const { url } = await startHttp1((socket) =>
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 7\r\n\r\nnot you'),
    );
    const front = await startFront(url, 'http1', true);
    const client = await connectRaw(front.port);
    client.send(connectTo(1), data(1, 'early', false));
    await expect.poll(() => client.text(1)).toBe('not you');
    await client.seen('RST_STREAM', 1);
    client.send(get(3));
    await expect.poll(() => client.text(3)).toBe('plain');
  });

  it('leaves no socket behind, three hundred times', async () => {
    const { url, sockets } = await startHttp1((socket) => socket.on('data', () => socket.end('bye')).write(switching));
    const front = await startFront(url, 'http1', true);
    const client = await connectRaw(front.port);
    for (let first = 1; first < 600; first += 100) {
      const ids = Array.from({ length: 50 }, (_, index) => first + 2 * index);
      client.send(...ids.flatMap((id) => [connectTo(id), data(id, 'x', true)]));
      for (const id of ids) await expect.poll(() => client.text(id), { interval: 5 }).toBe('bye');
    }
    await expect.poll(() => sockets.filter(({ destroyed }) => !destroyed).length).toBe(0);
    expect(sockets).toHaveLength(300);
  });
});

describe('a tunnel from HTTP/1.1 to HTTP/2', () => {
  /** A client that has sent a handshake, and what came. */
  async function connectHttp1({
    port,
  }: Front): Promise<{ socket: Socket; text: () => string; isClosed: () => boolean }> {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    let text = '';
    let isClosed = false;
    socket.on('data', (bytes) => (text += bytes.toString('latin1'))).on('error', () => undefined);
    socket.on('close', () => (isClosed = true));
    socket.write(handshake);
    await expect.poll(() => text).toContain('\r\n\r\n');
    return { socket, text: () => text.slice(text.indexOf('\r\n\r\n') + 4), isClosed: () => isClosed };
  }

  it('is cut when the upstream resets the stream', async () => {
    const streams: ServerHttp2Stream[] = [];
    const url = await startHttp2((stream) => {
      streams.push(stream);
      stream.respond({ ':status': 200 });
      stream.write('half of a mess');
    });
    const client = await connectHttp1(await startFront(url, 'http2', false));
    await expect.poll(client.text).toBe('half of a mess');
    streams[0]!.destroy(new Error('cut'));
    await expect.poll(client.isClosed).toBe(true);
  });

  it('ends its stream when the client goes away in the middle of a message, and other calls to the upstream go on', async () => {
    const codes: number[] = [];
    const url = await startHttp2((stream, headers) => {
      if (headers[':method'] !== 'CONNECT') return stream.respond({ ':status': 204 }, { endStream: true });
      stream.respond({ ':status': 200 });
      stream.on('close', () => codes.push(stream.rstCode)).on('end', () => stream.end());
      stream.resume();
    });
    const front = await startFront(url, 'http2', false);
    const client = await connectHttp1(front);
    client.socket.write('half of a mess', () => client.socket.destroy());
    await expect.poll(() => codes).toEqual([0]);
    expect((await fetch(front.url)).status).toBe(204);
  });

  it('passes each half close on', async () => {
    const url = await startHttp2((stream) => {
      stream.respond({ ':status': 200 });
      stream.on('data', (bytes: Buffer) => stream.write(bytes)).on('end', () => stream.end('bye'));
    });
    const client = await connectHttp1(await startFront(url, 'http2', false));
    client.socket.end('last');
    await expect.poll(client.text).toBe('lastbye');
    await expect.poll(client.isClosed).toBe(true);
  });

  it('that nobody reads does not hold up the others to the same upstream', async () => {
    const large = Buffer.alloc(16_000_000, 'x');
    const url = await startHttp2((stream, headers) => {
      stream.respond({ ':status': 200 });
      if (headers[':method'] === 'CONNECT') stream.write(large);
      else stream.end('small');
    });
    const front = await startFront(url, 'http2', false);
    for (let count = 0; count < 8; count += 1) {
      const socket = net
        .connect(front.port, '127.0.0.1')
        .on('error', () => undefined)
        .pause();
      onTestFinished(() => void socket.destroy());
      socket.write(handshake);
      await once(socket, 'readable');
    }
    expect(await (await fetch(front.url)).text()).toBe('small');
  });
});
