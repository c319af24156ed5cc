import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { reverseProxy } from '../src/index.ts';
import { data, exchange, type Field, frame, headers } from './http2-wire.ts';
import { type Front, setUpProxies, startHandler } from './proxy-fixtures.ts';
import { type RealOrigin, realOrigins } from './real-origins.ts';

setUpProxies();

/** Requests of HTTP/2 that would be others, or several, in HTTP/1.1 (RFC 9113 §10.3). */
type Attack = readonly [what: string, frames: readonly Buffer[]];

const evil = 'GET /evil HTTP/1.1\r\nHost: a\r\n\r\n';
const pseudo: readonly Field[] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':authority', 'a'],
  [':path', '/a'],
];

/** A GET with more fields. */
const get = (...more: Field[]): readonly Buffer[] => [headers(1, [...pseudo, ...more], true)];
/** A GET whose pseudo-field has another value; `undefined`: it is missing. */
const but = (name: string, value: string | undefined, ...more: Field[]): readonly Buffer[] => [
  headers(
    1,
    [
      ...pseudo.flatMap((each): Field[] => (each[0] !== name ? [each] : value === undefined ? [] : [[name, value]])),
      ...more,
    ],
    true,
  ),
];
/** A POST with fields, and a body. */
const post = (fields: readonly Field[], ...bodies: string[]): readonly Buffer[] => [
  headers(1, [[':method', 'POST'], ...pseudo.slice(1), ...fields], bodies.length === 0),
  ...bodies.map((body, index) => data(1, body, index === bodies.length - 1)),
];
const trailers = (...fields: Field[]): readonly Buffer[] => [
  headers(1, [[':method', 'POST'], ...pseudo.slice(1)], false),
  data(1, 'hello', false),
  headers(1, fields, true),
];

/** The upstream must see nothing of these. */
const refused: readonly Attack[] = [
  ['a value with CR LF and a request', get(['x-a', `1\r\n\r\n${evil}`])],
  ['a value with CR LF and a field', get(['x-a', '1\r\nTransfer-Encoding: chunked'])],
  ['a value with LF', get(['x-a', '1\nContent-Length: 5'])],
  ['a value with CR', get(['x-a', '1\rContent-Length: 5'])],
  ['a value with NUL', get(['x-a', '1\0'])],
  ['a value with DEL', get(['x-a', '1\x7f'])],
  ['a value with a space at its beginning', get(['x-a', ' 1'])],
  ['a value with a tab at its end', get(['x-a', '1\t'])],
  ['a name with CR LF', get(['x-a: 1\r\ntransfer-encoding', 'chunked'])],
  ['a name with LF', get(['x-a\n', '1'])],
  ['a name with NUL', get(['content-length\0', '5'])],
  ['a name with a colon', get(['transfer-encoding: chunked\r\nx', 'y'])],
  ['a name with a colon inside', get(['x:a', '1'])],
  ['a name with a space', get(['content-length ', '5'])],
  ['a name with a tab', get(['\tx-a', '1'])],
  ['a name in upper case', get(['Content-Length', '5'])],
  ['a name with letters outside of ASCII', get(['c\xf6ntent-length', '5'])],
  ['a name that is empty', get(['', '1'])],
  ['Transfer-Encoding: chunked', post([['transfer-encoding', 'chunked']], `0\r\n\r\n${evil}`)],
  ['Transfer-Encoding: identity', get(['transfer-encoding', 'identity'])],
  ['Connection', get(['connection', 'close'])],
  ['Connection that names a field', post([['connection', 'content-length']], evil)],
  ['Keep-Alive', get(['keep-alive', 'timeout=5'])],
  ['Proxy-Connection', get(['proxy-connection', 'keep-alive'])],
  ['Upgrade to h2c', get(['upgrade', 'h2c'])],
  ['Upgrade to websocket', get(['upgrade', 'websocket'])],
  ['TE with another value', get(['te', 'gzip'])],
  ['TE with more than trailers', get(['te', 'trailers, chunked'])],
  [
    'a length twice',
    post(
      [
        ['content-length', '5'],
        ['content-length', '5'],
      ],
      'hello',
    ),
  ],
  [
    'two lengths',
    post(
      [
        ['content-length', '5'],
        ['content-length', '0'],
      ],
      'hello',
    ),
  ],
  ['a list of lengths', post([['content-length', '5, 5']], 'hello')],
  ['a length with a sign', post([['content-length', '+5']], 'hello')],
  ['a negative length', post([['content-length', '-5']], 'hello')],
  ['a length in hexadecimal', post([['content-length', '0x5']], 'hello')],
  ['a length with a fraction', post([['content-length', '5.0']], 'hello')],
  ['an empty length', post([['content-length', '']], 'hello')],
  ['a length above 2^53', post([['content-length', '18446744073709551621']], 'hello')],
  ['a length and no body', post([['content-length', '5']])],
  ['a host that is not the authority', get(['host', 'b'])],
  ['two hosts', get(['host', 'a'], ['host', 'a'])],
  ['a host with a path', but(':authority', undefined, ['host', 'a/b'])],
  ['no host at all', but(':authority', undefined)],
  ['an empty authority', but(':authority', '')],
  ['an authority with user information', but(':authority', 'u@a')],
  ['an authority with a path', but(':authority', 'a/b')],
  ['an authority with a space', but(':authority', 'a b')],
  ['an authority with CR LF', but(':authority', 'a\r\nX-A: 1')],
  ['an authority with a port that is none', but(':authority', 'a:b')],
  ['a method with a space and a target', but(':method', 'GET /evil HTTP/1.1\r\nX:')],
  ['a method with a space', but(':method', 'GET ')],
  ['a method with CR LF', but(':method', 'GET\r\n')],
  ['a method with a colon', but(':method', 'GET:')],
  ['an empty method', but(':method', '')],
  ['no method', but(':method', undefined)],
  ['a path with a space and a version', but(':path', '/evil HTTP/1.1\r\nHost: b\r\n\r\n')],
  ['a path with a space', but(':path', '/a b')],
  ['a path with LF', but(':path', '/a\n')],
  ['a path with NUL', but(':path', '/a\0')],
  ['a path with a tab', but(':path', '/a\tb')],
  ['a path with a fragment', but(':path', '/a#b')],
  ['a path with a byte outside of ASCII', but(':path', '/\xe4')],
  ['a path of another server', but(':path', 'http://b/evil')],
  ['a path without a slash', but(':path', 'evil')],
  ['a path that is a query', but(':path', '?evil')],
  ['an empty path', but(':path', '')],
  ['no path', but(':path', undefined)],
  ['an asterisk with GET', but(':path', '*')],
  ['a scheme with CR LF', but(':scheme', 'http\r\nX-A: 1')],
  ['a scheme that is a URL', but(':scheme', 'http://b/evil?')],
  ['no scheme', but(':scheme', undefined)],
  ['a pseudo-field behind a field', [headers(1, [...pseudo.slice(0, 3), ['x-a', '1'], pseudo[3]!], true)]],
  ['two paths', get([':path', '/evil'])],
  ['two methods', [headers(1, [[':method', 'POST'], ...pseudo], true)]],
  ['two authorities', [headers(1, [[':authority', 'b'], ...pseudo], true)]],
  ['an unknown pseudo-field', [headers(1, [...pseudo, [':evil', '1']], true)]],
  ['a status in a request', [headers(1, [...pseudo, [':status', '200']], true)]],
  [':protocol without CONNECT', [headers(1, [...pseudo, [':protocol', 'websocket']], true)]],
  ['CONNECT with a path', but(':method', 'CONNECT')],
];

/** The upstream may see the beginning of these, but neither an end nor what the body says. */
const cut: readonly Attack[] = [
  ['a body that is longer than its length', post([['content-length', '5']], `hello${evil}`)],
  ['a body that is longer than its length 0', post([['content-length', '0']], evil)],
  ['a body that is longer, in frames', post([['content-length', '5']], 'hello', evil)],
  ['a body that is shorter than its length', post([['content-length', '500']], evil)],
  ['trailers with a pseudo-field', trailers([':path', '/evil'])],
  ['trailers with CR LF', trailers(['x-a', `1\r\n\r\n${evil}`])],
  ['trailers with a name in upper case', trailers(['X-A', '1'])],
  ['trailers with Transfer-Encoding', trailers(['transfer-encoding', 'chunked'])],
  ['trailers that do not end the stream', [...trailers().slice(0, 2), headers(1, [['x-a', '1']], false)]],
];

const own = (lines: string): string => `GET /a HTTP/1.1\r\nHost: a\r\n${lines}\r\n`;
const ownPost = (lines: string, body: string): string => `POST /a HTTP/1.1\r\nHost: a\r\n${lines}\r\n${body}`;
const chunkOf = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const chunked = 'Transfer-Encoding: chunked\r\n';

/** What the upstream sees, to the byte. */
const passed: readonly (readonly [what: string, frames: readonly Buffer[], bytes: string])[] = [
  [
    'a cookie in crumbs',
    get(['cookie', 'a=1'], ['cookie', 'b=2; c=3'], ['cookie', 'd=4']),
    own('cookie: a=1; b=2; c=3; d=4\r\n'),
  ],
  ['TE: trailers', get(['te', 'trailers']), own('')],
  ['a host beside the same authority', get(['host', 'a']), own('')],
  ['a host in place of an authority', but(':authority', undefined, ['host', 'a']), own('')],
  ['a body that is a request', post([], evil), ownPost(chunked, `${chunkOf(evil)}0\r\n\r\n`)],
  ['a body that is chunks', post([], `0\r\n\r\n${evil}`), ownPost(chunked, `${chunkOf(`0\r\n\r\n${evil}`)}0\r\n\r\n`)],
  [
    'a body with its length',
    post([['content-length', String(evil.length)]], evil),
    ownPost(`Content-Length: ${evil.length}\r\n`, evil),
  ],
  [
    'a length with zeros before it',
    post([['content-length', '0005']], 'hello'),
    ownPost('Content-Length: 5\r\n', 'hello'),
  ],
  ['an empty body', post([['content-length', '0']], ''), ownPost('Content-Length: 0\r\n', '')],
  ['trailers', trailers(['x-a', '1']), ownPost(chunked, '5\r\nhello\r\n0\r\nx-a: 1\r\n\r\n')],
  [
    'trailers that would change the framing',
    trailers(['content-length', '5'], ['host', 'b'], ['x-a', '1']),
    ownPost(chunked, '5\r\nhello\r\n0\r\nx-a: 1\r\n\r\n'),
  ],
  [
    'a length under another spelling',
    post([['content_length', '0']], 'hello'),
    ownPost(chunked, '5\r\nhello\r\n0\r\n\r\n'),
  ],
  ['a coding under another spelling', get(['transfer_encoding', 'chunked']), own('')],
  [
    'fields about the client',
    get(['x-forwarded-for', '1.1.1.1'], ['forwarded', 'for=1.1.1.1'], ['x-real-ip', '1.1.1.1']),
    own(''),
  ],
  ['fields of the hop', get(['http2-settings', 'AAMAAABk'], ['proxy-authorization', 'Basic eA==']), own('')],
  ['a tab, and letters outside of ASCII, in a value', get(['x-a', '1\t\xe4']), own('x-a: 1\t\xe4\r\n')],
  ['a value that looks like a field', get(['x-a', 'content-length: 5']), own('x-a: content-length: 5\r\n')],
  ['a path that is spelled in another way', but(':path', '/b/../%61?q=a%20b'), own('').replace('/a', '/a?q=a%20b')],
  ['a path of two slashes', but(':path', '//a'), own('').replace('/a', '//a')],
  ['a scheme that the connection does not have', but(':scheme', 'https'), own('')],
  [
    'padding, and empty frames',
    [
      ...post([]).slice(0, 0),
      headers(1, [[':method', 'POST'], ...pseudo.slice(1)], false),
      data(1, '', false),
      frame(0, 8, 1, Buffer.from('\x03hello\0\0\0')),
      data(1, '', true),
    ],
    ownPost(chunked, '5\r\nhello\r\n0\r\n\r\n'),
  ],
];

/** A request that comes behind on the same connection of the client. */
const next = headers(3, [...pseudo.slice(0, 3), [':path', '/next']], true);

describe('requests of HTTP/2, as an upstream of HTTP/1.1 gets them (RFC 9113 §10.3)', () => {
  /** An upstream that writes down each byte. It answers when nothing has come for the rest of a turn. */
  async function startRecorder(): Promise<{ url: string; bytes: () => string }> {
    let bytes = '';
    const server = net.createServer((socket) => {
      let own = '';
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        bytes += chunk.toString('latin1');
        own += chunk.toString('latin1');
        if (!isWhole(own)) return;
        own = '';
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bytes: () => bytes };
  }

  function isWhole(text: string): boolean {
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const body = text.slice(end + 4);
    const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1];
    if (length !== undefined) return body.length >= Number(length);
    return (
      !/\r\ntransfer-encoding: chunked/i.test(text.slice(0, end)) || /(?:^|\n)0\r\n(?:[^\r\n]+\r\n)*\r\n$/.test(body)
    );
  }

  /** Sends the frames, and returns what became of them, and what the upstream has seen, without the request behind them. */
  async function attack(frames: readonly Buffer[]): Promise<{ answer: string; bytes: string }> {
    const recorder = await startRecorder();
    const proxy = reverseProxy(recorder.url, { forwarded: 'none' });
    const front = await startHandler(proxy, {}, { http2: 'prior-knowledge' });
    const answer = await exchange(front.port, frames, next);
    const behind = 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n';
    const seen = recorder.bytes();
    expect([seen.split(behind).length, answer]).toEqual([2, answer]); // it is answered, and seen once
    return { answer, bytes: seen.replace(behind, '') };
  }

  it.each(refused)('are none with %s', async (_what, frames) => {
    const { answer, bytes } = await attack(frames);
    expect(bytes).toBe('');
    expect(['reset', '400', 'answer']).toContain(answer);
  });

  it.each(cut)('have no end with %s', async (_what, frames) => {
    const { answer, bytes } = await attack(frames);
    expect(answer).toBe('reset');
    expect(bytes === '' || !isWhole(bytes)).toBe(true);
    const [, body = ''] = bytes.split('\r\n\r\n');
    expect(body.startsWith('GET')).toBe(false);
  });

  it.each(passed)('are one with %s', async (_what, frames, expected) => {
    const { answer, bytes } = await attack(frames);
    expect([answer, bytes]).toEqual(['200', expected]);
  });

  it.each([
    [
      'CONNECT',
      [
        headers(
          1,
          [
            [':method', 'CONNECT'],
            [':authority', 'a:80'],
          ],
          true,
        ),
      ],
    ],
    ['TRACE', but(':method', 'TRACE')],
    [
      'a head of more than 32 KiB',
      get(...Array.from({ length: 5 }, (_, index): Field => [`x-${index}`, 'a'.repeat(8000)])),
    ],
    ['more than 100 fields', get(...Array.from({ length: 120 }, (_, index): Field => [`x-${index}`, 'a']))],
    ['a path of more than 32 KiB', but(':path', `/${'a'.repeat(40_000)}`)],
  ])('are answered without the upstream with %s', async (_what, frames) => {
    const { answer, bytes } = await attack(frames);
    expect([answer, bytes]).toEqual(['answer', '']);
  });
});

describe.each(Object.entries(realOrigins))('requests of HTTP/2 in front of %s', (_name, { isThere, start }) => {
  let origin: RealOrigin;
  let front: Front;
  beforeAll(async () => {
    if (isThere) origin = await start();
  });
  afterAll(() => origin?.stop());

  async function seenOf(frames: readonly Buffer[]): Promise<readonly string[]> {
    const before = (await origin.seen()).length;
    front = await startHandler(reverseProxy(origin.origin), {}, { http2: 'prior-knowledge' });
    await exchange(front.port, frames, next);
    return (await origin.seen()).slice(before);
  }

  it.skipIf(!isThere).each(refused)('it sees none of %s', async (_what, frames) => {
    expect(await seenOf(frames)).toEqual(['GET /next']);
  });

  it.skipIf(!isThere).each(cut)('it sees no other request in %s', async (_what, frames) => {
    const seen = await seenOf(frames);
    expect(seen.filter((line) => line !== 'POST /a')).toEqual(['GET /next']);
  });

  it.skipIf(!isThere).each(passed.filter(([, frames]) => frames[0]!.includes('POST')))(
    'it sees one request in %s',
    async (_what, frames) => {
      expect([...(await seenOf(frames))].sort()).toEqual(['GET /next', 'POST /a']);
    },
  );
});
