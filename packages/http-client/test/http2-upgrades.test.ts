import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http2, { type IncomingHttpHeaders } from 'node:http2';
import net from 'node:net';
import type { Channel } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { type ClientResponse, parseOrigin } from '../src/index.ts';
import { ask, cleanUps, client, type Handler, hello, start, useHttp2Upstreams } from './http2-upstream.ts';
import { readBody } from './read-body.ts';

useHttp2Upstreams();

const takesThem = { settings: { enableConnectProtocol: true } };
const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const handshake = {
  method: 'GET',
  target: '/chat?a',
  host: 'shop.example',
  upgrade: 'websocket',
  fields: [
    ['sec-websocket-key', key, 'Sec-WebSocket-Key'],
    ['sec-websocket-version', '13', 'Sec-WebSocket-Version'],
  ].flat(),
};

const echo: Handler = (stream, headers) => {
  if (headers[':method'] !== 'CONNECT') return hello(stream, headers);
  stream.respond({ ':status': 200, 'sec-websocket-protocol': 'chat' });
  stream.on('data', (bytes: Buffer) => stream.write(bytes.toString().toUpperCase()));
  stream.on('end', () => stream.end('bye'));
};

/** Collects what a channel brings. */
function listen(channel: Channel): { text: () => string; ended: Promise<void>; closed: Promise<Error | undefined> } {
  let text = '';
  let end!: () => void;
  let close!: (error?: Error) => void;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const closed = new Promise<Error | undefined>((resolve) => {
    close = resolve;
  });
  channel.attach({
    data: (bytes) => {
      text += Buffer.from(bytes).toString('latin1');
    },
    end,
    drain: () => undefined,
    close,
  });
  return { text: () => text, ended, closed };
}

describe('an upgrade over HTTP/2 (RFC 8441)', () => {
  it('is an extended CONNECT, and its answer is the one that HTTP/1.1 would have', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const upstream = await start((stream, headers) => {
      seen.push(headers);
      echo(stream, headers);
    }, takesThem);
    const { status, headers, channel } = await client().request(upstream.origin, handshake).response;
    expect(Object.fromEntries(Object.entries(seen[0]!))).toEqual({
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':scheme': 'http',
      ':authority': 'shop.example',
      ':path': '/chat?a',
      'sec-websocket-version': '13',
    });
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    expect([status, headers.get('upgrade'), headers.get('connection'), headers.get('sec-websocket-accept')]).toEqual([
      101,
      'websocket',
      'upgrade',
      accept,
    ]);
    const { text, ended, closed } = listen(channel!);
    channel!.write('hello');
    await expect.poll(text).toBe('HELLO');
    channel!.end();
    await ended;
    expect([text(), await closed]).toEqual(['HELLObye', undefined]);
  });

  it('shares the connection with other calls, and carries more than any window', async () => {
    const upstream = await start(echo, takesThem);
    const from = client();
    const [first, second] = await Promise.all([
      from.request(upstream.origin, handshake).response,
      from.request(upstream.origin, handshake).response,
    ]);
    const heard = [first, second].map(({ channel }) => listen(channel!));
    const bytes = Buffer.alloc(1_000_000, 'abcdefg');
    for (const { channel } of [first, second]) {
      channel!.write(bytes);
      channel!.end();
    }
    for (const { ended, text } of heard) {
      await ended;
      expect(text() === `${bytes.toString().toUpperCase()}bye`).toBe(true);
    }
    expect(await ask(from, upstream)).toBe('hello ');
    expect(upstream.sessions).toHaveLength(1);
  });

  it('that is refused has an ordinary answer, and the connection lives on', async () => {
    const upstream = await start((stream, headers) => {
      if (headers[':method'] !== 'CONNECT') return hello(stream, headers);
      stream.respond({ ':status': 403 });
      stream.end('not you');
    }, takesThem);
    const from = client();
    const { status, channel, body } = await from.request(upstream.origin, handshake).response;
    expect([status, channel, (await readBody(body)).toString()]).toEqual([403, null, 'not you']);
    expect(await ask(from, upstream)).toBe('hello ');
    expect(upstream.sessions).toHaveLength(1);
  });

  it('fails, named as such, at an upstream that has not announced it', async () => {
    const upstream = await start(hello);
    const from = client();
    for (let round = 0; round < 2; round++)
      await expect(from.request(upstream.origin, handshake).response).rejects.toMatchObject({
        code: 'CLIENT_UPGRADE_UNSUPPORTED',
        stage: 'request',
        message: /http:\/\/127\.0\.0\.1:\d+; the protocols http1 and auto can/,
      });
    expect(await ask(from, upstream)).toBe('hello ');
    expect(upstream.sessions).toHaveLength(1);
  });

  it('fails at an upstream that closes before it has announced anything', async () => {
    const server = net.createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUps.push(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
    const { response } = client().request(parseOrigin(url, undefined, 'http2'), handshake);
    await expect(response).rejects.toMatchObject({ code: 'CLIENT_CLOSED_EARLY' });
  });

  it('is told to the upstream when its channel is destroyed, and tells of a reset', async () => {
    const codes: (number | undefined)[] = [];
    const upstream = await start((stream, headers) => {
      stream.on('close', () => codes.push(stream.rstCode));
      echo(stream, headers);
      if (headers[':path'] === '/reset')
        stream.once('data', () => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR));
    }, takesThem);
    const from = client();
    const open = async (target: string): Promise<ClientResponse> =>
      from.request(upstream.origin, { ...handshake, target }).response;
    const kept = (await open('/')).channel!;
    kept.destroy();
    await expect.poll(() => codes).toEqual([http2.constants.NGHTTP2_CANCEL]);
    const { channel } = await open('/reset');
    const { closed } = listen(channel!);
    channel!.write('hello');
    expect(await closed).toBeInstanceOf(Error);
  });

  it('lives on when the client is closed, and the upstream hears of its end', async () => {
    const upstream = await start(echo, takesThem);
    const from = client();
    let over = 0;
    const observer = {
      callOver: () => {
        over += 1;
      },
    };
    const { channel } = await from.request(upstream.origin, { ...handshake, observer }).response;
    const { text, ended } = listen(channel!);
    from.close();
    channel!.write('still here');
    await expect.poll(text).toBe('STILL HERE');
    expect(over).toBe(0);
    channel!.end();
    await ended;
    await expect.poll(() => over).toBe(1);
    await expect.poll(() => upstream.sessions[0]!.destroyed).toBe(true);
  });
});
