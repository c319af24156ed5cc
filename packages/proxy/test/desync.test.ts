import net from 'node:net';
import { createHttpClient, type HttpClient } from '@windhover/http-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { reverseProxy } from '../src/index.ts';
import { ask, type Front, setUpProxies, startHandler } from './proxy-fixtures.ts';
import { type RealOrigin, realOrigins } from './real-origins.ts';

setUpProxies();

/** The request that an attack wants to bring past the proxy, and its bytes as a body. */
const evil = 'GET /evil HTTP/1.1\r\nHost: a\r\n\r\n';
const post = 'POST /a HTTP/1.1\r\nHost: a\r\n';
const chunked = 'Transfer-Encoding: chunked\r\n';
const lengthOf = (body: string): string => `Content-Length: ${body.length}\r\n`;

/** What the client sends on one connection, and which requests upstreams see of it. */
type Attack = readonly [name: string, bytes: string, forwarded: readonly string[]];

const refused: readonly (readonly [string, string])[] = [
  ['a length and chunks (CL.TE)', `${post}${lengthOf(`0\r\n\r\n${evil}`)}${chunked}\r\n0\r\n\r\n${evil}`],
  [
    'chunks and a length (TE.CL)',
    `${post}${chunked}Content-Length: 4\r\n\r\n${evil.length.toString(16)}\r\n${evil}\r\n0\r\n\r\n`,
  ],
  ['two lengths', `${post}Content-Length: 0\r\n${lengthOf(evil)}\r\n${evil}`],
  ['the same length twice', `${post}${lengthOf(evil)}${lengthOf(evil)}\r\n${evil}`],
  ['a list of lengths', `${post}Content-Length: 0, ${evil.length}\r\n\r\n${evil}`],
  ['a list of the same length', `${post}Content-Length: ${evil.length}, ${evil.length}\r\n\r\n${evil}`],
  ['a length with a sign', `${post}Content-Length: +${evil.length}\r\n\r\n${evil}`],
  ['a negative length', `${post}Content-Length: -1\r\n\r\n${evil}`],
  ['a length in hexadecimal', `${post}Content-Length: 0x${evil.length.toString(16)}\r\n\r\n${evil}`],
  ['a length with an underscore', `${post}Content-Length: 1_0\r\n\r\n${evil}`],
  ['a length that is a fraction', `${post}Content-Length: 0.0\r\n\r\n${evil}`],
  ['an empty length', `${post}Content-Length:\r\n\r\n${evil}`],
  ['a length above 2^64', `${post}Content-Length: 18446744073709551616\r\n\r\n${evil}`],
  ['a length in digits that are not ASCII', `${post}Content-Length: \xb2\r\n\r\n${evil}`],
  ['a space before the colon of a length', `${post}Content-Length : ${evil.length}\r\n\r\n${evil}`],
  ['a tab before the colon of a coding', `${post}Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n${evil}`],
  ['a space before the first name', `POST /a HTTP/1.1\r\n Host: a\r\n${lengthOf(evil)}\r\n${evil}`],
  ['a folded coding', `${post}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${evil}`],
  ['a folded length', `${post}X-A: 1\r\n Content-Length: ${evil.length}\r\n\r\n${evil}`],
  ['an unknown coding', `${post}Transfer-Encoding: xchunked\r\n${lengthOf(evil)}\r\n${evil}`],
  ['chunked that is not the last coding', `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${evil}`],
  ['chunked twice', `${post}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n${evil}`],
  ['chunked in two fields', `${post}${chunked}Transfer-Encoding: identity\r\n\r\n0\r\n\r\n${evil}`],
  ['identity as a coding', `${post}Transfer-Encoding: identity\r\n${lengthOf(evil)}\r\n${evil}`],
  ['a coding with a vertical tab', `${post}Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n${evil}`],
  ['a coding in quotes', `${post}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n${evil}`],
  ['a coding with a parameter', `${post}Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n${evil}`],
  ['an empty coding', `${post}Transfer-Encoding:\r\n${lengthOf(evil)}\r\n${evil}`],
  ['chunks in HTTP/1.0', `POST /a HTTP/1.0\r\nHost: a\r\n${chunked}\r\n0\r\n\r\n${evil}`],
  ['a field that ends with a line feed alone', `POST /a HTTP/1.1\r\nHost: a\nX-A: 1\r\n${lengthOf(evil)}\r\n${evil}`],
  ['a head that ends with line feeds alone', `POST /a HTTP/1.1\nHost: a\n${lengthOf(evil).trim()}\n\n${evil}`],
  ['a carriage return within a value', `${post}X-A: 1\rContent-Length: 0\r\n${lengthOf(evil)}\r\n${evil}`],
  ['a zero byte in a value', `${post}X-A: 1\0\r\n${lengthOf(evil)}\r\n${evil}`],
  ['a zero byte in a name', `${post}Content-Length\0: 0\r\n${lengthOf(evil)}\r\n${evil}`],
  ['a name with letters outside of ASCII', `${post}C\xf6ntent-Length: 0\r\n${lengthOf(evil)}\r\n${evil}`],
  ['a field without a name', `${post}: 1\r\n${lengthOf(evil)}\r\n${evil}`],
  ['a field without a colon', `${post}Content-Length\r\n${lengthOf(evil)}\r\n${evil}`],
  ['two hosts', `GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${evil}`],
  ['a host with a path', `GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n${evil}`],
  ['no host', `GET /a HTTP/1.1\r\n\r\n${evil}`],
  ['an absolute target of another host', `GET http://b/a HTTP/1.1\r\nHost: a\r\n\r\n${evil}`],
  ['a target with a space', `GET /a b HTTP/1.1\r\nHost: a\r\n\r\n${evil}`],
  ['a target with a line feed', `GET /a\nX HTTP/1.1\r\nHost: a\r\n\r\n${evil}`],
  ['a target with a fragment', `GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n${evil}`],
  ['HTTP/0.9', `GET /a\r\n\r\n${evil}`],
  ['HTTP/1.2 written as another version', `GET /a HTTP/1.10\r\nHost: a\r\n\r\n${evil}`],
  ['the preface of HTTP/2', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${evil}`],
  ['CONNECT', `CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n${evil}`],
  ['a method with a colon', `GET:/a HTTP/1.1\r\nHost: a\r\n\r\n${evil}`],
];

/** Refused within the body: the upstream may see the request, but never its end nor what follows. */
const cut: readonly (readonly [string, string])[] = [
  ['a chunk size with a sign', `+${evil.length.toString(16)}\r\n${evil}\r\n0\r\n\r\n`],
  ['a chunk size with 0x', `0x${evil.length.toString(16)}\r\n${evil}\r\n0\r\n\r\n`],
  ['a chunk size above 2^64', `10000000000000000\r\n${evil}\r\n0\r\n\r\n`],
  ['a chunk size with a line feed alone', `2\nab\r\n0\r\n\r\n${evil}`],
  ['a chunk extension with a line feed alone', `2;x\nab\r\n0\r\n\r\n${evil}`],
  ['a chunk extension with a carriage return alone', `2;x\rab\r\n0\r\n\r\n${evil}`],
  ['a chunk that is longer than it says', `2\r\nabc\r\n0\r\n\r\n${evil}`],
  ['a chunk that ends with other bytes', `2\r\nabXX0\r\n\r\n${evil}`],
  ['a chunk that ends with a line feed alone', `2\r\nab\n0\r\n\r\n${evil}`],
  ['a last chunk without its end', `0\r\n${evil}`],
  ['an empty chunk size', `\r\n${evil}`],
  ['a trailer with a space before the colon', `0\r\nContent-Length : 5\r\n\r\n${evil}`],
  ['a trailer that ends with a line feed alone', `0\r\nX-A: 1\n\r\n${evil}`],
];

const harmless: readonly Attack[] = [
  [
    'two requests at once',
    `GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n`,
    ['GET /a', 'GET /b'],
  ],
  ['a request as a body with a length', `${post}${lengthOf(evil)}\r\n${evil}`, ['POST /a']],
  ['a request as the body of a GET', `GET /a HTTP/1.1\r\nHost: a\r\n${lengthOf(evil)}\r\n${evil}`, ['GET /a']],
  [
    'a request as a trailer',
    `${post}${chunked}\r\n0\r\nX-A: ${evil.slice(0, 18)}\r\nContent-Length: 5\r\n\r\n`,
    ['POST /a'],
  ],
  ['a request as a chunk extension', `${post}${chunked}\r\n2;x="GET /evil HTTP/1.1"\r\nab\r\n0\r\n\r\n`, ['POST /a']],
  [
    'a length that Connection takes off (CL.0)',
    `${post}Connection: Content-Length\r\n${lengthOf(evil)}\r\n${evil}`,
    ['POST /a'],
  ],
  [
    'a coding that Connection takes off',
    `${post}Connection: Transfer-Encoding\r\n${chunked}\r\n${evil.length.toString(16)}\r\n${evil}\r\n0\r\n\r\n`,
    ['POST /a'],
  ],
  ['a length under another spelling', `${post}Content_Length: 0\r\n${lengthOf(evil)}\r\n${evil}`, ['POST /a']],
  ['a coding under another spelling', `${post}Transfer_Encoding: chunked\r\n${lengthOf(evil)}\r\n${evil}`, ['POST /a']],
  [
    'an upgrade with a body (h2c)',
    `${post}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n${lengthOf(evil)}\r\n${evil}`,
    ['POST /a'],
  ],
  [
    'an upgrade that the origin does not know, and a request behind it',
    `GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 777\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n`,
    ['GET /a', 'GET /b'],
  ],
  ['Expect with a body', `${post}Expect: 100-continue\r\n${lengthOf(evil)}\r\n${evil}`, ['POST /a']],
  [
    'Expect without a body, and a request behind it',
    `GET /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n`,
    ['GET /a', 'GET /b'],
  ],
  ['an absolute target of the same host', `GET http://a/a HTTP/1.1\r\nHost: a\r\n\r\n`, ['GET /a']],
  [
    'an empty line before a request',
    `GET /a HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n`,
    ['GET /a', 'GET /b'],
  ],
  [
    'a HEAD with a body, and a request behind it',
    `HEAD /a HTTP/1.1\r\nHost: a\r\n${lengthOf(evil)}\r\n${evil}GET /b HTTP/1.1\r\nHost: a\r\n\r\n`,
    ['HEAD /a', 'GET /b'],
  ],
  ['a length with zeros before it', `${post}Content-Length: 000${evil.length}\r\n\r\n${evil}`, ['POST /a']],
];

/** Sends bytes, and reads until the server closes the connection. */
function send(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(Buffer.from(bytes, 'latin1')));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

describe.each(Object.entries(realOrigins))('in front of %s', (_name, { isThere, start }) => {
  let origin: RealOrigin;
  beforeAll(async () => {
    if (isThere) origin = await start();
  });
  afterAll(() => origin?.stop());

  /** A proxy that writes down each request that it sends to the origin. */
  async function startCounting(): Promise<Front & { readonly sent: string[] }> {
    const own = createHttpClient();
    const sent: string[] = [];
    const client: HttpClient = {
      ...own,
      request: (to, request) => {
        sent.push(`${request.method} ${request.target}`);
        return own.request(to, request);
      },
    };
    onTestFinished(() => own.close());
    return { ...(await startHandler(reverseProxy(origin.origin, { client }))), sent };
  }

  /** Makes the attack, and returns which requests the proxy has sent and the origin has seen, and the first status. */
  async function attack(bytes: string): Promise<{ sent: string[]; seen: readonly string[]; status: number }> {
    const before = (await origin.seen()).length;
    const front = await startCounting();
    const answer = await send(front.port, bytes);
    const next = await ask(`${front.url}/next`);
    expect(next.headers['x-path']).toBe('/next'); // nobody gets the answer of another request
    const seen = (await origin.seen()).slice(before);
    return { sent: front.sent, seen, status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0) };
  }

  it.skipIf(!isThere).each(refused)('refuses %s', async (_what, bytes) => {
    const { sent, seen, status } = await attack(bytes);
    expect([sent, seen]).toEqual([['GET /next'], ['GET /next']]);
    expect([400, 405, 413, 501, 505]).toContain(status);
  });

  it.skipIf(!isThere).each(cut)('ends a connection with %s', async (_what, body) => {
    const { sent, seen, status } = await attack(`${post}${chunked}\r\n${body}`);
    expect(sent.join()).not.toContain('evil');
    expect(seen.join()).not.toContain('evil');
    expect(seen.length).toBeLessThanOrEqual(sent.length);
    expect([0, 400, 413]).toContain(status);
  });

  it.skipIf(!isThere).each(harmless)('and the proxy read the same requests in %s', async (_what, bytes, forwarded) => {
    const last = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const { sent, seen } = await attack(bytes + last);
    expect(sent).toEqual([...forwarded, 'GET /last', 'GET /next']);
    expect(seen).toEqual(sent);
  });
});
