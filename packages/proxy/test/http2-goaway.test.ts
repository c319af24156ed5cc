import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createUpstreams, reverseProxy, type UpstreamsOptions } from '../src/index.ts';
import { frame, frameReader, serverPreface } from './http2-wire.ts';
import { ask, type Front, setUpProxies, startHandler } from './proxy-fixtures.ts';

setUpProxies();

const ENHANCE_YOUR_CALM = 11;
const GOAWAY = 7;

interface Upstream {
  readonly url: string;
  readonly bodies: string[];
  connections: number;
}

/** Ends its first connections with GOAWAY when a request is complete, and answers 200 on the later ones. */
async function startLeaving(lastId: number, leaves: number): Promise<Upstream> {
  const sockets: Socket[] = [];
  const server = net.createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    const number = ++upstream.connections;
    let body = '';
    socket.write(serverPreface);
    const read = frameReader(({ type, flags, id, payload }) => {
      if (type === 'DATA') body += payload.toString('latin1');
      if ((type !== 'HEADERS' && type !== 'DATA') || (flags & 1) === 0) return;
      upstream.bodies.push(body);
      const goodbye = Buffer.alloc(8);
      goodbye.writeUInt32BE(lastId, 0);
      goodbye.writeUInt32BE(ENHANCE_YOUR_CALM, 4);
      if (number <= leaves) socket.end(frame(GOAWAY, 0, 0, goodbye));
      else socket.write(frame(1, 5, id, Buffer.of(0x88)));
    });
    let skipped = 0;
    socket.on('data', (bytes) => {
      const preface = Math.min(24 - skipped, bytes.length);
      skipped += preface;
      read(bytes.subarray(preface));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const upstream: Upstream = { url, bodies: [], connections: 0 };
  return upstream;
}

async function startFront(servers: Upstream[], options: UpstreamsOptions = {}): Promise<Front> {
  const upstreams = createUpstreams(
    servers.map(({ url }) => ({ url, protocol: 'http2' })),
    { balance: 'first', ...options },
  );
  onTestFinished(() => upstreams.close());
  return startHandler(reverseProxy(upstreams));
}

describe('a request that its upstream has not processed', () => {
  it('is sent to it again, a POST with its body too', async () => {
    const upstream = await startLeaving(0, 1);
    const front = await startFront([upstream]);
    expect((await ask(front.url, { method: 'POST', body: 'hello' })).status).toBe(200);
    expect([upstream.bodies, upstream.connections]).toEqual([['hello', 'hello'], 2]);
  });

  it('goes to another upstream when the first goes away every time', async () => {
    const [first, second] = [await startLeaving(0, 100), await startLeaving(0, 0)];
    const front = await startFront([first, second]);
    expect((await ask(front.url, { method: 'POST', body: 'hello' })).status).toBe(200);
    expect([first.connections, second.bodies]).toEqual([4, ['hello']]);
  });

  it('is answered 502 where there is no other upstream', async () => {
    const front = await startFront([await startLeaving(0, 100)]);
    expect((await ask(front.url, { method: 'POST', body: 'hello' })).status).toBe(502);
  });
});

describe('a request that its upstream may have processed', () => {
  it.each([
    ['GET', 200],
    ['POST', 502],
  ])('before it went away: %s is answered %d', async (method, status) => {
    const upstream = await startLeaving(1, 1);
    const front = await startFront([upstream]);
    expect((await ask(front.url, { method })).status).toBe(status);
    expect(upstream.connections).toBe(status === 200 ? 2 : 1);
  });
});
