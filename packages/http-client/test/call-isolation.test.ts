import { type PushBody, RequestBody, toPushBody } from '@windhover/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient } from '../src/index.ts';
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts';

let upstream: RawUpstream;
let client: HttpClient;

afterEach(async () => {
  client.close();
  await upstream.close();
});

async function start(onRequest: Parameters<typeof startRawUpstream>[0]): Promise<void> {
  upstream = await startRawUpstream(onRequest);
  client = createHttpClient();
}

const ask = (target: string) => client.request(upstream.origin, { method: 'GET', target });
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const long = 'x'.repeat(20_000);
const longHead = `HTTP/1.1 200 OK\r\nContent-Length: ${long.length}\r\n\r\n`;

describe('an exchange that is over', () => {
  it('cannot abort the next one on its connection', async () => {
    await start((socket, count) => socket.write(count === 1 ? ok : ''));
    const first = ask('/first');
    await first.response;
    const second = ask('/second');
    await upstream.until(() => upstream.received[0]!.includes('/second'));
    first.abort(new Error('its client left'));
    upstream.sockets[0]!.write(ok);
    expect(Buffer.from((await second.response).body as Uint8Array).toString()).toBe('ok');
    expect(upstream.sockets).toHaveLength(1);
  });

  it('cannot cancel the next one through a body whose end was not read yet', async () => {
    await start((socket) => socket.write(longHead));
    const first = (await ask('/first').response).body as PushBody;
    let received = 0;
    const filled = new Promise<void>((resolve) => {
      first.start({
        write: (chunk) => {
          received += chunk.byteLength;
          if (received === long.length) resolve();
          return received < long.length; // its reader is slow to take the end
        },
        end: () => undefined,
        fail: () => undefined,
      });
    });
    upstream.sockets[0]!.write(long);
    await filled;
    const second = await ask('/second').response;
    first.cancel(new Error('its client left'));
    upstream.sockets[0]!.write(long);
    expect(await read(second.body)).toHaveLength(long.length);
    expect(upstream.sockets).toHaveLength(1);
  });
});

describe('a connection', () => {
  it('is not used again after a 204 that announces a body', async () => {
    await start((socket, count) => {
      if (count === 1 && upstream.sockets.length === 1)
        socket.write('HTTP/1.1 204 No Content\r\nContent-Length: 38\r\n\r\n');
      else socket.write(ok);
    });
    await ask('/first').response;
    expect(await read((await ask('/second').response).body)).toBe('ok');
    expect(upstream.sockets).toHaveLength(2);
  });

  it.each(['HEAD', 'GET'])(
    'is not used again after an answer to %s that announces content and has none',
    async (method) => {
      const status = method === 'HEAD' ? '200 OK' : '304 Not Modified';
      await start((socket, _count, head) => {
        const isFirst = !head.startsWith('GET /other');
        socket.write(isFirst ? `HTTP/1.1 ${status}\r\nContent-Length: 4\r\n\r\n` : longHead);
      });
      await client.request(upstream.origin, { method, target: '/first' }).response;
      const other = ask('/other');
      await upstream.until(() => upstream.received.some((bytes) => bytes.includes('/other')));
      upstream.sockets[0]!.write('late'); // the announced content, sent by mistake
      upstream.sockets[1]!.write(long);
      expect(await read((await other.response).body)).toBe(long);
    },
  );

  it('is used again after an answer to HEAD that announces nothing', async () => {
    await start((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
    for (let count = 0; count < 2; count++)
      await client.request(upstream.origin, { method: 'HEAD', target: '/' }).response;
    expect(upstream.sockets).toHaveLength(1);
  });

  it.each([
    ['another protocol', 'Connection: upgrade\r\nUpgrade: other\r\n'],
    ['two protocols', 'Connection: upgrade\r\nUpgrade: echo, other\r\n'],
    ['no protocol', 'Connection: upgrade\r\n'],
    ['one that Connection does not name', 'Upgrade: echo\r\n'],
  ])('does not become a tunnel by a 101 with %s', async (_name, fields) => {
    await start((socket) => socket.write(`HTTP/1.1 101 Switching\r\n${fields}\r\n`));
    const { response } = client.request(upstream.origin, { method: 'GET', target: '/', upgrade: 'echo' });
    await expect(response).rejects.toMatchObject({ code: 'CLIENT_BAD_RESPONSE' });
  });

  it('becomes a tunnel whatever the case of its protocol', async () => {
    await start((socket) =>
      socket.write('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n'),
    );
    const { response } = client.request(upstream.origin, { method: 'GET', target: '/', upgrade: 'websocket' });
    const { status, channel } = await response;
    expect(status).toBe(101);
    channel!.destroy();
  });

  it('becomes a tunnel only when its request is complete', async () => {
    await start((socket) => socket.write('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n'));
    let cancelled = false;
    const body: PushBody = {
      length: null,
      start: (sink) => void sink.write(Buffer.from('part')),
      pause: () => undefined,
      resume: () => undefined,
      cancel: () => {
        cancelled = true;
      },
    };
    const exchange = client.request(upstream.origin, { method: 'POST', target: '/', upgrade: 'echo', body });
    await expect(exchange.response).rejects.toMatchObject({ code: 'CLIENT_BAD_RESPONSE' });
    expect(cancelled).toBe(true);
  });

  it('becomes a tunnel only when that was asked for', async () => {
    await start((socket) => socket.write('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n'));
    await expect(ask('/').response).rejects.toMatchObject({ code: 'CLIENT_BAD_RESPONSE' });
  });

  it('that a body refused to be read for is closed, and the body left to its reader', async () => {
    await start((socket) => socket.write(ok));
    await ask('/first').response;
    const body = new RequestBody(toPushBody('kept'));
    body.keep(100);
    const bytes = body[Symbol.asyncIterator]();
    const exchange = client.request(upstream.origin, { method: 'PUT', target: '/', body });
    await expect(exchange.response).rejects.toMatchObject({ code: 'CLIENT_REQUEST_INVALID' });
    await upstream.until(() => upstream.sockets[0]!.destroyed || upstream.sockets[0]!.readableEnded);
    expect(Buffer.from((await bytes.next()).value as Uint8Array).toString()).toBe('kept');
    expect(await bytes.next()).toMatchObject({ done: true });
    expect(upstream.sockets).toHaveLength(1);
  });
});

describe('a closed client', () => {
  it('refuses requests to origins it knows and to others', async () => {
    await start((socket) => socket.write(ok));
    await ask('/').response;
    client.close();
    await expect(ask('/').response).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    const other = client.request('http://127.0.0.1:1', { method: 'GET', target: '/' });
    await expect(other.response).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
  });

  it('keeps no connection that was being made', async () => {
    await start((socket) => socket.write(ok));
    const { response } = ask('/');
    client.close();
    await expect(response).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    await upstream.until(() => upstream.sockets.every((socket) => socket.readableEnded || socket.destroyed));
    expect(upstream.received.join('')).toBe('');
  });
});

function read(body: PushBody | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    toPushBody(body).start({
      write: (chunk) => {
        text += Buffer.from(chunk).toString('latin1');
        return true;
      },
      end: () => resolve(text),
      fail: reject,
    });
  });
}
