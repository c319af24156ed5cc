import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http2, { type ClientHttp2Session } from 'node:http2';
import { promisify } from 'node:util';
import type { Handler, HttpContext } from '@windhover/core';
import { connect, listen } from '@windhover/transport';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPeer } from '../../../../scripts/lib/peer.ts';
import { createServer } from '../../src/index.ts';
import { serveHttp2 } from './serve-http2.ts';

/** One handler for both versions of HTTP. */
const handler: Handler<HttpContext> = async ({ request, response }) => {
  response.status = 200;
  if (request.path === '/hello') response.body = `Hello over ${request.httpVersion === '2.0' ? 'some' : 'any'} HTTP`;
  if (request.path === '/stream') {
    response.body = (async function* () {
      for (let part = 0; part < 64; part++) yield 'x'.repeat(4096);
    })();
    response.trailers = () => ({ 'x-parts': '64' });
  }
  if (request.path === '/upload') response.body = String((await request.body.bytes()).byteLength);
  if (request.upgrade !== 'shout') return;
  response.status = 101;
  response.upgrade = (channel) =>
    channel.attach({
      data: (chunk) => void channel.write(Buffer.from(chunk).toString('latin1').toUpperCase()),
      end: () => channel.end(),
      drain: () => undefined,
      close: () => undefined,
    });
};

describe('the same handler over node:http2', () => {
  let port: number;
  let close: () => Promise<void>;
  let client: ClientHttp2Session;

  beforeAll(async () => {
    const listener = await listen({ host: '127.0.0.1', port: 0 }, (connection) => serveHttp2(connection, handler));
    ({ port } = listener.address as { port: number });
    close = () => listener.close();
    client = http2.connect(`http://127.0.0.1:${port}`);
    await once(client, 'remoteSettings');
  });

  afterAll(async () => {
    client.close();
    await close();
  });

  async function request(
    headers: http2.OutgoingHttpHeaders,
    body?: Uint8Array,
  ): Promise<{ status: number; text: string; trailers: http2.IncomingHttpHeaders }> {
    const stream = client.request(headers, { endStream: body === undefined });
    if (body !== undefined) stream.end(body);
    let trailers: http2.IncomingHttpHeaders = {};
    stream.once('trailers', (fields) => (trailers = fields));
    const [head] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & { ':status': number }];
    let text = '';
    for await (const chunk of stream.setEncoding('latin1')) text += chunk;
    return { status: head[':status'], text, trailers };
  }

  it('says hello', async () => {
    expect(await request({ ':path': '/hello' })).toMatchObject({ status: 200, text: 'Hello over some HTTP' });
  });

  it.skipIf(!hasPeer('curl'))('says hello to curl', async () => {
    const url = `http://127.0.0.1:${port}/hello`;
    const curl = await promisify(execFile)('curl', ['-s', '--http2-prior-knowledge', '-w', ' %{http_version}', url]);
    expect(curl.stdout).toBe('Hello over some HTTP 2');
  });

  it('streams a body at the client’s pace, and its trailers', async () => {
    const answer = await request({ ':path': '/stream' });
    expect([answer.text.length, answer.trailers['x-parts']]).toEqual([64 * 4096, '64']);
  });

  it('takes an upload', async () => {
    const answer = await request({ ':method': 'POST', ':path': '/upload' }, new Uint8Array(1_000_000));
    expect(answer.text).toBe('1000000');
  });

  it('opens a tunnel', async () => {
    const stream = client.request(
      { ':method': 'CONNECT', ':protocol': 'shout', ':path': '/chat', ':scheme': 'http', ':authority': 'a' },
      { endStream: false },
    );
    const [head] = (await once(stream, 'response')) as [{ ':status': number }];
    stream.end('quietly');
    let text = '';
    for await (const chunk of stream.setEncoding('latin1')) text += chunk;
    expect([head[':status'], text]).toEqual([200, 'QUIETLY']);
  });
});

it('is the handler that HTTP/1.1 runs', async () => {
  const server = createServer(handler);
  const listener = await server.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://${listener.name}`;
  expect(await (await fetch(`${url}/hello`)).text()).toBe('Hello over any HTTP');
  expect((await (await fetch(`${url}/stream`)).text()).length).toBe(64 * 4096);
  expect(await (await fetch(`${url}/upload`, { method: 'POST', body: 'four' })).text()).toBe('4');
  const tunnel = await connect(listener.address as { host: string; port: number });
  let text = '';
  const closed = new Promise<void>((resolve) => {
    tunnel.attach({
      data: (chunk) => (text += Buffer.from(chunk).toString('latin1')),
      end: () => undefined,
      drain: () => undefined,
      close: () => resolve(),
    });
  });
  tunnel.write('GET /chat HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: shout\r\n\r\nquietly');
  tunnel.end();
  await closed;
  expect(text).toMatch(/^HTTP\/1\.1 101 .*QUIETLY$/s);
  await server.close();
});
