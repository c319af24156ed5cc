import { once } from 'node:events';
import http2, { type ServerHttp2Stream } from 'node:http2';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createUpstreams, reverseProxy } from '../src/index.ts';
import { data, type Field, frame, frameReader, headers, serverPreface } from './http2-wire.ts';
import { converse, type Front, setUpProxies, startHandler } from './proxy-fixtures.ts';

setUpProxies();

const evil = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil';
const ok: Field = [':status', '200'];

async function startFront(port: number): Promise<Front> {
  const upstreams = createUpstreams([{ url: `http://127.0.0.1:${port}`, protocol: 'http2' }]);
  onTestFinished(() => upstreams.close());
  return startHandler(reverseProxy(upstreams, { forwarded: 'none' }));
}

async function listen(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('requests of HTTP/1.1, as an upstream of HTTP/2 gets them', () => {
  const get = 'GET /a HTTP/1.1\r\nHost: a\r\n';
  const post = 'POST /a HTTP/1.1\r\nHost: a\r\n';
  const chunked = 'Transfer-Encoding: chunked\r\n';
  const hello = 'Content-Length: 5\r\n\r\nhello';
  const length = 'content-length: 5';

  it.each([
    ['as they are', `${get}X-A: 1\r\nAccept: */*\r\n\r\n`, 'GET', ['x-a: 1', 'accept: */*'], ''],
    [
      'without fields that Connection names',
      `${get}Connection: X-A, close\r\nX-A: 1\r\nX-B: 2\r\n\r\n`,
      'GET',
      ['x-b: 2'],
      '',
    ],
    ['without Keep-Alive and Proxy-Connection', `${get}Keep-Alive: 1\r\nProxy-Connection: a\r\n\r\n`, 'GET', [], ''],
    ['without TE', `${get}Connection: TE\r\nTE: gzip, trailers\r\n\r\n`, 'GET', [], ''],
    [
      'without an upgrade to HTTP/2',
      `${get}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n`,
      'GET',
      [],
      '',
    ],
    ['with a length', `${post}${hello}`, 'POST', [length], 'hello'],
    [
      'with chunks, which become frames',
      `${post}${chunked}\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n`,
      'POST',
      [],
      'hello',
    ],
    ['with trailers', `${post}${chunked}\r\n5\r\nhello\r\n0\r\nX-A: 1\r\nHost: b\r\n\r\n`, 'POST', [], 'hello, x-a: 1'],
    ['with an empty body', `${post}Content-Length: 0\r\n\r\n`, 'POST', ['content-length: 0'], ''],
    ['with a name that looks like a pseudo-field’s', `${get}x-method: POST\r\n\r\n`, 'GET', ['x-method: POST'], ''],
    [
      'without an upgrade that has a body',
      `${post}Connection: Upgrade\r\nUpgrade: websocket\r\n${hello}`,
      'POST',
      [length],
      'hello',
    ],
  ])('are one, %s', async (_what, bytes, method, fields, body) => {
    const seen: unknown[] = [];
    const server = http2.createServer();
    server.on('stream', (stream: ServerHttp2Stream, _headers: object, _flags: number, raw: string[]) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += String(chunk);
      });
      stream.on('trailers', (trailers: object) => {
        for (const [name, value] of Object.entries(trailers)) text += `, ${name}: ${String(value)}`;
      });
      stream.on('end', () => {
        const lines = raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1]}`] : []));
        seen.push(lines, text);
        stream.respond({ ':status': 200 });
        stream.end('done');
      });
    });
    server.on('session', (session) => onTestFinished(() => session.destroy()));
    const front = await startFront(await listen(server));
    const answer = await converse(front.port, bytes, undefined, (text) => text.includes('done'));
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    const ofRequest = [`:method: ${method}`, ':scheme: http', ':authority: a', ':path: /a'];
    expect(seen).toEqual([[...ofRequest, ...fields, 'te: trailers'], body]);
  });
});

describe('answers of an upstream of HTTP/2, as a client of HTTP/1.1 gets them', () => {
  /** Each stream gets these frames; `/next` a good answer. */
  async function startScripted(answer: readonly Buffer[]): Promise<number> {
    let count = 0;
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(serverPreface);
      let isBegun = false;
      const read = frameReader(({ type, id }) => {
        if (type !== 'HEADERS') return;
        const frames =
          ++count === 1 ? answer : [headers(1, [ok, ['content-length', '4']], false), data(1, 'next', true)];
        for (const bytes of frames) socket.write(withId(bytes, id));
      });
      socket.on('data', (bytes: Buffer) => {
        read(isBegun ? bytes : bytes.subarray('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length));
        isBegun = true;
      });
    });
    return listen(server);
  }

  /** The same frames on another stream. */
  function withId(bytes: Buffer, id: number): Buffer {
    const frames: Buffer[] = [];
    frameReader(({ type, flags, payload }) => {
      const number = ['DATA', 'HEADERS', 'PRIORITY', 'RST_STREAM'].indexOf(type);
      frames.push(frame(number < 0 ? 9 : number, flags, id, payload));
    })(bytes);
    return Buffer.concat(frames);
  }

  const head = (...fields: Field[]): readonly Buffer[] => [headers(1, fields, false), data(1, 'hello', true)];

  /** Sends bytes, and reads until both are answered, or the connection ends, in whatever way. */
  function readAll(port: number, bytes: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        if (text.endsWith('next')) socket.destroy();
      });
      socket.on('error', () => undefined).on('close', () => resolve(text));
    });
  }

  /** Two requests on one connection: what the client reads of both. */
  async function askTwice(answer: readonly Buffer[]): Promise<string> {
    const front = await startFront(await startScripted(answer));
    const requests = ['/a', '/next'].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join('');
    return readAll(front.port, requests);
  }

  it.each([
    ['no status', head(['x-a', '1'])],
    ['two statuses', head(ok, [':status', '204'])],
    ['a status with a reason', head([':status', '200 OK'])],
    ['a status with CR LF', head([':status', `200 OK\r\n\r\n${evil}`])],
    ['a status of two digits', head([':status', '99'])],
    ['a status of four digits', head([':status', '1000'])],
    ['the status 101', head([':status', '101'])],
    ['a status behind a field', head(['x-a', '1'], ok)],
    ['a pseudo-field of a request', head(ok, [':path', '/'])],
    ['an unknown pseudo-field', head(ok, [':reason', 'OK'])],
    ['Connection', head(ok, ['connection', 'close'])],
    ['Keep-Alive', head(ok, ['keep-alive', 'timeout=5'])],
    ['Transfer-Encoding', head(ok, ['transfer-encoding', 'chunked'])],
    ['Upgrade', head(ok, ['upgrade', 'websocket'])],
    ['Proxy-Connection', head(ok, ['proxy-connection', 'close'])],
    ['a value with CR LF', head(ok, ['x-a', `1\r\n\r\n${evil}`])],
    ['a value with LF', head(ok, ['x-a', '1\nContent-Length: 0'])],
    ['a value with NUL', head(ok, ['x-a', '1\0'])],
    ['a name with CR LF', head(ok, ['x-a: 1\r\nx-b', '2'])],
    ['a name in upper case', head(ok, ['Content-Length', '5'])],
    ['a name with a colon', head(ok, ['content-length:', '5'])],
    ['two lengths', head(ok, ['content-length', '5'], ['content-length', '0'])],
    ['a list of lengths', head(ok, ['content-length', '5, 5'])],
    ['a length that is none', head(ok, ['content-length', '+5'])],
    ['a length and no body', [headers(1, [ok, ['content-length', '5']], true)]],
    ['an interim answer that ends it', [headers(1, [[':status', '103']], true)]],
    ['a body before its head', [data(1, 'hello', true)]],
    [
      'a head of more than 32 KiB',
      head(ok, ...Array.from({ length: 5 }, (_, at): Field => [`x-${at}`, 'a'.repeat(8000)])),
    ],
  ])('are 502 with %s', async (_what, answer) => {
    const text = await askTwice(answer);
    expect(text).toMatch(/^HTTP\/1\.1 502 /);
    expect(text).toMatch(/HTTP\/1\.1 200 OK\r\n[\s\S]*next$/);
    expect(text).not.toMatch(/evil|hello/);
  });

  it.each([
    ['shorter than its length', [headers(1, [ok, ['content-length', '9']], false), data(1, 'hello', true)]],
    ['longer than its length', [headers(1, [ok, ['content-length', '2']], false), data(1, 'hello', true)]],
    [
      'longer, in frames',
      [headers(1, [ok, ['content-length', '5']], false), data(1, 'hello', false), data(1, evil, true)],
    ],
    [
      'followed by trailers with a pseudo-field',
      [headers(1, [ok], false), data(1, 'hello', false), headers(1, [ok], true)],
    ],
    [
      'followed by trailers with CR LF',
      [headers(1, [ok], false), data(1, 'hello', false), headers(1, [['x-a', `1\r\n\r\n${evil}`]], true)],
    ],
    [
      'followed by a second head',
      [headers(1, [ok], false), data(1, 'hello', false), headers(1, [['x-a', '1']], false)],
    ],
    ['reset in the middle', [headers(1, [ok], false), data(1, 'hello', false), frame(3, 0, 1, Buffer.of(0, 0, 0, 2))]],
  ])('never look complete with a body that is %s', async (_what, answer) => {
    const text = await askTwice(answer);
    const [first = '', ...rest] = text.split('\r\n\r\n');
    const body = rest.join('\r\n\r\n');
    if (/^HTTP\/1\.1 502 /.test(first)) return; // it was found out before anything was sent
    expect(first).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).not.toMatch(/evil|next/); // its connection is closed
    const announced = /content-length: (\d+)/i.exec(first)?.[1];
    if (announced === undefined) expect(body.endsWith('0\r\n\r\n')).toBe(false);
    else expect(body.length).toBeLessThanOrEqual(Number(announced)); // the rest came when it was sent already
  });

  it.each([
    ['an answer without a length', head(ok), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n5\r\nhello\r\n0\r\n\r\nHTTP/],
    ['a length', head(ok, ['content-length', '5']), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nhelloHTTP/],
    ['an empty answer', [headers(1, [ok], true)], /^HTTP\/1\.1 200 OK\r\n[\s\S]*content-length: 0\r\n\r\nHTTP/i],
    [
      '204',
      [headers(1, [[':status', '204']], true)],
      /^HTTP\/1\.1 204 No Content\r\n(?![\s\S]*content-length: 0)[\s\S]*\r\n\r\nHTTP/i,
    ],
    [
      'an answer that looks like one of HTTP/1.1',
      [headers(1, [ok], false), data(1, evil, true)],
      /\r\n\r\n2a\r\nHTTP\/1\.1 200 OK\r\nContent-Length: 4\r\n\r\nevil\r\n0\r\n\r\nHTTP/,
    ],
    [
      'trailers',
      [
        headers(1, [ok], false),
        data(1, 'hello', false),
        headers(
          1,
          [
            ['x-a', '1'],
            ['content-length', '9'],
          ],
          true,
        ),
      ],
      /\r\n\r\n5\r\nhello\r\n0\r\nx-a: 1\r\n\r\nHTTP/,
    ],
    [
      '103 before it',
      [
        headers(
          1,
          [
            [':status', '103'],
            ['link', '</a>'],
          ],
          false,
        ),
        ...head(ok),
      ],
      /^HTTP\/1\.1 103 [\s\S]*link: <\/a>\r\n\r\nHTTP\/1\.1 200 /i,
    ],
    [
      'fields twice',
      head(ok, ['set-cookie', 'a=1'], ['set-cookie', 'b=2']),
      /set-cookie: a=1\r\n[\s\S]*set-cookie: b=2\r\n/i,
    ],
  ])('are whole with %s', async (_what, answer, expected) => {
    const text = await askTwice(answer);
    expect(text).toMatch(expected);
    expect(text.endsWith('next')).toBe(true);
  });
});
