import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { createServer, type Server, type ServerLimits } from '../src/index.ts';
import { get, path, post } from './talk.ts';

let server: Server;

afterEach(() => server.close({ timeoutMs: 0 }));

async function start(limits: Partial<ServerLimits>): Promise<number> {
  server = createServer(
    async (context) => {
      const { request, response } = context;
      if (request.path === '/large') {
        response.status = 200;
        response.body = new Uint8Array(64 * 1024 * 1024);
        return;
      }
      if (request.method === 'POST') await request.body.bytes();
      path(context);
    },
    { limits },
  );
  const listener = await server.listen({ host: '127.0.0.1', port: 0 });
  return (listener.address as { port: number }).port;
}

/** Sends and collects everything until the connection is closed by the server. */
function converse(port: number, ...texts: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1').setEncoding('latin1');
    let answer = '';
    socket.on('data', (text) => (answer += text));
    socket.on('error', reject).on('close', () => resolve(answer));
    for (const text of texts) socket.write(text);
  });
}

/** Runs into the test's own time limit if a connection stays. */
async function allGone(): Promise<void> {
  while (server.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

const status = (answer: string): string => answer.split('\r\n')[0]!;

describe('over a socket', () => {
  it.each<[keyof ServerLimits, number, string, string]>([
    ['maxRequestLineBytes', 100, get(`/${'x'.repeat(100)}`), '414 URI Too Long'],
    ['maxHeadersBytes', 200, get('/', `A: ${'x'.repeat(200)}\r\n`), '431 Request Header Fields Too Large'],
    ['maxHeaderCount', 3, get('/', 'A: 1\r\nB: 2\r\nC: 3\r\n'), '431 Request Header Fields Too Large'],
    ['maxRequestBodyBytes', 10, post('Content-Length: 300000\r\n', 'x'.repeat(11)), '413 Content Too Large'],
    ['headersTimeoutMs', 300, 'GET / HT', '408 Request Timeout'],
    ['rateGraceMs', 300, post('Content-Length: 10\r\n', 'x'), '408 Request Timeout'],
  ])('%s %i answers, and closes', async (name, value, request, expected) => {
    const port = await start({ [name]: value });
    expect(status(await converse(port, request))).toBe(`HTTP/1.1 ${expected}`);
    await allGone();
  });

  it('shows a client in the middle of a chunked upload its 413, and takes no second request', {
    timeout: 20_000,
  }, async () => {
    const port = await start({ maxRequestBodyBytes: 100_000 });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const request = http.request({ port, host: '127.0.0.1', method: 'POST', agent });
    const piece = Buffer.alloc(16_384, 120);
    request.on('error', () => undefined); // it writes on until it has read the answer
    let isAnswered = false;
    const send = (): void => {
      if (!isAnswered) request.write(piece, () => setImmediate(send));
    };
    send();
    const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
    isAnswered = true;
    expect([answer.statusCode, answer.headers.connection]).toEqual([413, 'close']);
    expect(await text(answer)).toContain('at most 100000 bytes');
    request.destroy();
    await allGone();
    agent.destroy();
  });

  it.each<[keyof ServerLimits, number]>([
    ['keepAliveTimeoutMs', 300],
    ['maxConnectionAgeMs', 300],
  ])('%s %i closes an idle connection without a word', async (name, value) => {
    const port = await start({ [name]: value });
    expect(await converse(port)).toBe('');
    const answer = await converse(port, get('/once'));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\/once$/s);
  });

  it('maxRequestsPerConnection 2 closes with the second answer', async () => {
    const port = await start({ maxRequestsPerConnection: 2 });
    const answer = await converse(port, get('/1'), get('/2'), get('/3'));
    expect(answer.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(answer).toMatch(/Connection: close\r\n\r\n\/2$/);
  });

  it.each<[keyof ServerLimits]>([['maxConnections'], ['maxConnectionsPerAddress']])(
    '%s 2 closes the third connection at once, over all listeners, until one of the others is gone',
    async (name) => {
      const refused: string[] = [];
      server = createServer(path, { limits: { [name]: 2 }, onProtocolError: ({ code }) => refused.push(code) });
      const listeners = [
        await server.listen({ host: '127.0.0.1', port: 0 }),
        await server.listen({ host: '127.0.0.1', port: 0 }),
      ];
      const ports = listeners.map(({ address }) => (address as { port: number }).port);
      const first = net.connect(ports[0]!, '127.0.0.1');
      const second = net.connect(ports[1]!, '127.0.0.1');
      while (server.connections < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await converse(ports[0]!).catch((error: NodeJS.ErrnoException) => error.code)).toBe('');
      expect(refused).toEqual(['SERVER_TOO_MANY_CONNECTIONS']);
      first.destroy();
      while (server.connections === 2) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await converse(ports[1]!, get('/free', 'Connection: close\r\n'))).toMatch(/\/free$/);
      second.destroy();
    },
  );

  it('minResponseBytesPerSecond cuts a client that takes nothing', async () => {
    const port = await start({ responseGraceMs: 300 });
    const socket = net.connect(port, '127.0.0.1');
    let received = 0;
    // Whether it is told of the reset depends on what waits in its own buffers; that the answer is not whole does not.
    const closed = new Promise<void>((resolve) => socket.on('error', () => undefined).on('close', () => resolve()));
    socket.write(get('/large')); // without a 'data' listener nothing is read
    while (server.connections === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await allGone();
    socket.on('data', (chunk) => (received += chunk.byteLength));
    await closed;
    expect(received).toBeLessThan(64 * 1024 * 1024);
  });
});
