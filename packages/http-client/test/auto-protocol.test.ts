import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';
import { localhostCertificate } from '@windhover/transport/testing';
import { describe, expect, it } from 'vitest';
import { type Origin, parseOrigin } from '../src/index.ts';
import { cleanUps, client, useHttp2Upstreams } from './http2-upstream.ts';
import { readBody } from './read-body.ts';

useHttp2Upstreams();

const { cert, key } = localhostCertificate;
const settings = '000000040000000000';
const goAway = (lastId: number, code: number): string =>
  `0000080700000000000000000${lastId}000000${code.toString(16).padStart(2, '0')}`;
const get = { method: 'GET', target: '/' };

interface Upstream {
  readonly origin: Origin;
  /** The ALPN protocol of each connection. */
  readonly chosen: (string | false | null)[];
  /** Ends the connections, and chooses anew. */
  restart(offer: readonly string[]): Promise<void>;
}

/** A TLS server of both versions that offers what it is told. Its answers tell the version. */
async function start(offer: readonly string[], serveHttp2?: (socket: tls.TLSSocket) => void): Promise<Upstream> {
  const chosen: (string | false | null)[] = [];
  const sockets = new Set<net.Socket>();
  let server!: tls.Server;
  const ofHttp1 = http.createServer((request, response) => response.end(request.httpVersion));
  const ofHttp2 = http2.createServer((request, response) => {
    if (request.url === '/old') response.stream.close(http2.constants.NGHTTP2_HTTP_1_1_REQUIRED);
    else response.end(request.httpVersion);
  });
  const listen = async (offered: readonly string[], port: number): Promise<number> => {
    const offering = offered.length === 0 ? {} : { ALPNProtocols: [...offered] };
    server = tls.createServer({ cert, key, ...offering }, (socket) => {
      chosen.push(socket.alpnProtocol);
      sockets.add(socket.on('error', () => undefined));
      if (socket.alpnProtocol !== 'h2') ofHttp1.emit('connection', socket);
      else if (serveHttp2 === undefined) ofHttp2.emit('connection', socket);
      else serveHttp2(socket);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as net.AddressInfo).port;
  };
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await new Promise((resolve) => server.close(resolve));
  };
  const port = await listen(offer, 0);
  cleanUps.push(stop);
  const origin = parseOrigin(`https://localhost:${port}`, { ca: cert }, 'auto');
  return {
    origin: { ...origin, address: { host: '127.0.0.1', port } },
    chosen,
    async restart(next) {
      await stop();
      await listen(next, port);
    },
  };
}

describe('the protocol auto', () => {
  const askAll = (from: ReturnType<typeof client>, { origin }: Upstream, count: number): Promise<string[]> =>
    Promise.all(
      Array.from({ length: count }, async () =>
        (await readBody((await from.request(origin, get).response).body)).toString(),
      ),
    );

  it('is HTTP/2 where the upstream offers it, and calls share the first connection', async () => {
    const upstream = await start(['h2', 'http/1.1']);
    const from = client();
    expect(await askAll(from, upstream, 20)).toEqual(Array(20).fill('2.0'));
    expect(await askAll(from, upstream, 20)).toEqual(Array(20).fill('2.0'));
    expect(upstream.chosen).toEqual(['h2']);
  });

  it.each([
    ['that offers HTTP/1.1 only', ['http/1.1'], 'http/1.1'],
    ['without ALPN', [], false],
  ])('is HTTP/1.1 at an upstream %s', async (_what, offer, chosen) => {
    const upstream = await start(offer);
    const from = client();
    expect(await askAll(from, upstream, 5)).toEqual(Array(5).fill('1.1'));
    expect(new Set(upstream.chosen)).toEqual(new Set([chosen]));
    const before = upstream.chosen.length;
    expect(await askAll(from, upstream, 1)).toEqual(['1.1']);
    expect(upstream.chosen).toHaveLength(before); // on a kept connection
  });

  it('keeps no connection of HTTP/1.1 where none may be kept, and calls are answered', async () => {
    const upstream = await start(['http/1.1']);
    expect(await askAll(client({ maxIdlePerOrigin: 0 }), upstream, 3)).toEqual(['1.1', '1.1', '1.1']);
  });

  it('is learned anew by each new connection', async () => {
    const upstream = await start(['http/1.1']);
    const from = client();
    const versions: string[] = [];
    for (const offer of [['h2'], ['http/1.1'], ['h2', 'http/1.1']]) {
      versions.push(...(await askAll(from, upstream, 1)));
      await upstream.restart(offer);
    }
    versions.push(...(await askAll(from, upstream, 1)));
    expect(versions).toEqual(['1.1', '2.0', '1.1', '2.0']);
  });

  it('is HTTP/1.1 for an upgrade, also where the other calls use HTTP/2', async () => {
    const upstream = await start(['h2', 'http/1.1']);
    const from = client();
    await askAll(from, upstream, 1);
    const { status } = await from.request(upstream.origin, { ...get, upgrade: 'websocket' }).response;
    expect([status, upstream.chosen]).toEqual([200, ['h2', 'http/1.1']]);
  });

  it('is HTTP/1.1 for a request that the upstream wants so (RFC 9113 §7), and HTTP/2 for the next', async () => {
    const upstream = await start(['h2', 'http/1.1']);
    const from = client();
    for (const target of ['/', '/old', '/', '/old']) {
      const call = from.request(upstream.origin, { method: 'POST', target, body: 'x' });
      expect((await readBody((await call.response).body)).toString()).toBe(target === '/old' ? '1.1' : '2.0');
      expect(call.httpVersion).toBe(target === '/old' ? '1.1' : '2.0');
    }
    expect(upstream.chosen).toEqual(['h2', 'http/1.1']);
    const only = from.request({ ...upstream.origin, protocol: 'http2', pool: 'other' }, { ...get, target: '/old' });
    await expect(only.response).rejects.toMatchObject({
      code: 'CLIENT_CLOSED_EARLY',
      message: /it wants HTTP\/1\.1, which the protocols http1 and auto are for/,
    });
  });

  it.each([
    ['before it', 0],
    ['after it', 1],
  ])('is HTTP/1.1 for a request whose upstream has left with HTTP_1_1_REQUIRED %s', async (_when, lastId) => {
    const upstream = await start(['h2', 'http/1.1'], (socket) => {
      let seen = '';
      socket.on('data', (chunk) => {
        seen += chunk.toString('latin1');
        if (seen.includes('the body')) socket.end(Buffer.from(`${settings}${goAway(lastId, 13)}`, 'hex'));
      });
    });
    const call = client().request(upstream.origin, { method: 'POST', target: '/', body: 'the body' });
    expect((await readBody((await call.response).body)).toString()).toBe('1.1');
    expect(upstream.chosen).toEqual(['h2', 'http/1.1']);
  });

  it('gives calls with another preamble connections of their own', async () => {
    const seen: string[] = [];
    const { origin } = await start(['h2', 'http/1.1']);
    const relay = net.createServer((socket) => {
      socket.once('data', (bytes) => {
        seen.push(bytes.subarray(0, 2).toString());
        const to = net.connect((origin.address as { port: number }).port, '127.0.0.1');
        to.write(bytes.subarray(2));
        socket.on('error', () => to.destroy()).pipe(to);
        to.on('error', () => socket.destroy()).pipe(socket);
        cleanUps.push(() => socket.destroy());
      });
    });
    relay.listen(0, '127.0.0.1');
    await once(relay, 'listening');
    cleanUps.push(() => relay.close());
    const address = { host: '127.0.0.1', port: (relay.address() as net.AddressInfo).port };
    const from = client();
    for (const preamble of ['a\n', 'b\n', 'a\n', 'b\n']) {
      const call = from.request({ ...origin, address }, { ...get, preamble });
      expect((await readBody((await call.response).body)).toString()).toBe('2.0');
    }
    expect(seen).toEqual(['a\n', 'b\n']);
  });

  it('fails all that wait when no connection can be made, and tries again for the next', async () => {
    const upstream = await start(['h2']);
    const from = client();
    const nowhere = net.createServer().listen(0, '127.0.0.1');
    await once(nowhere, 'listening');
    const { port } = nowhere.address() as net.AddressInfo;
    await new Promise((resolve) => nowhere.close(resolve));
    const calls = [1, 2].map(() => from.request({ ...upstream.origin, address: { host: '127.0.0.1', port } }, get));
    for (const call of calls) await expect(call.response).rejects.toMatchObject({ code: 'CLIENT_CONNECT_FAILED' });
  });

  it('is HTTP/1.1 without TLS', () => {
    expect(parseOrigin('http://localhost', undefined, 'auto')).toEqual(parseOrigin('http://localhost'));
  });
});

describe('an upstream without HTTP/2, where it must speak it', () => {
  it.each([[['http/1.1']], [[]]])('is named as one, with TLS and the offer %j', async (offer) => {
    const { origin } = await start(offer);
    const call = client().request({ ...origin, protocol: 'http2', pool: 'other' }, get);
    await expect(call.response).rejects.toMatchObject({
      code: 'CLIENT_TLS_FAILED',
      message: /https:\/\/localhost:\d+ does not offer HTTP\/2 by ALPN; the protocols http1 and auto would reach it/,
    });
  });

  it('is named as one, without TLS', async () => {
    const server = http.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUps.push(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
    const call = client().request(parseOrigin(url, undefined, 'http2'), get);
    await expect(call.response).rejects.toMatchObject({
      code: 'CLIENT_BAD_RESPONSE',
      message: /it answers in HTTP\/1\.1, which the protocol http1 is for/,
    });
  });
});
