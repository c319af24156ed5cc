import { readdir, readFile, rename } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { curl, startServer, startUpstream, temporaryFolder } from './front-server-fixtures.ts';

/** An upstream that does with each connection what the test says. */
async function startRaw(listener: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    listener(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Waits until a file has a line that matches; the test's own time limit is the deadline. */
async function lineIn(file: string, pattern: RegExp): Promise<string> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const found = text.split('\n').find((line) => pattern.test(line));
    if (found !== undefined) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A client that sends bytes, and leaves when the test says. */
function talk(url: string, bytes: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname, () => socket.write(bytes));
  onTestFinished(() => void socket.destroy());
  return socket.on('error', () => undefined);
}

describe('the access log of a configuration', () => {
  it('goes to files that are complete after a stop, for each site and route as it says', async () => {
    const folder = await temporaryFolder();
    const { url, server, accessLines } = await startServer(
      `
accessLog: { to: ./logs/all.log }
sites:
  a:
    hosts: a.example
    routes:
      - { path: /, respond: hi }
      - { path: /quiet, respond: hi, accessLog: off }
      - { path: /own, respond: hi, accessLog: { to: ./logs/own.json, format: json } }
      - { path: /console, respond: hi, accessLog: console }
`,
      folder,
    );
    for (const path of ['/one?token=secret', '/quiet', '/own', '/console'])
      await curl('-H', 'Host: a.example', url + path);
    await server.stop();
    const all = await readFile(join(folder, 'logs/all.log'), 'utf8');
    expect(all).toMatch(
      /^127\.0\.0\.1 - - \[.*\] "GET \/one\?token=\[redacted\] HTTP\/1\.1" 200 2 "-" "curl\/[\d.]+"\n$/,
    );
    const own = JSON.parse(await readFile(join(folder, 'logs/own.json'), 'utf8')) as object;
    expect(own).toMatchObject({ site: 'a', route: '/own', path: '/own', status: 200, bytes: 2, end: 'complete' });
    expect(accessLines).toEqual([expect.stringContaining(' GET a.example/console 200 2 ')]);
  });

  it('has every request once, whole, while the file rotates under load', async () => {
    const folder = await temporaryFolder();
    const { url, server } = await startServer(
      'accessLog: { to: ./a.log, format: "{path} {status}", rotate: { size: 2KB, keep: 1000 } }\nsites: { a: { routes: [{ path: /, respond: hi }] } }\n',
      folder,
    );
    const count = 3000;
    const { port } = new URL(url);
    const clients = 10;
    await Promise.all(
      Array.from({ length: clients }, async (_, client) => {
        const paths = Array.from({ length: count / clients }, (_each, number) => `/${client}-${number}`);
        const socket = talk(
          `http://127.0.0.1:${port}`,
          paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''),
        );
        let answers = 0;
        for await (const chunk of socket) {
          answers += String(chunk).split('HTTP/1.1 200').length - 1;
          if (answers === paths.length) break;
        }
      }),
    );
    await server.stop();
    const files = (await readdir(folder)).filter((name) => name.startsWith('a.log'));
    const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
    const lines = texts.flatMap((text) => text.split('\n').slice(0, -1));
    expect(lines.filter((line) => !/^\/\d+-\d+ 200$/.test(line))).toEqual([]);
    expect(lines).toHaveLength(count);
    expect(new Set(lines).size).toBe(count);
    expect(files.length).toBeGreaterThan(1);
  });

  it('goes on in a new file after logrotate has renamed the old one', async () => {
    const folder = await temporaryFolder();
    const { url, server } = await startServer(
      'accessLog: { to: ./a.log, format: "{path}" }\nsites: { a: { routes: [{ path: /, respond: hi }] } }\n',
      folder,
    );
    await curl(`${url}/1`);
    await lineIn(join(folder, 'a.log'), /^\/1$/);
    await rename(join(folder, 'a.log'), join(folder, 'old.log'));
    await curl(`${url}/2`);
    await lineIn(join(folder, 'old.log'), /^\/2$/);
    server.reopenLogs();
    await curl(`${url}/3`);
    await server.stop();
    expect(await readFile(join(folder, 'a.log'), 'utf8')).toBe('/3\n');
  });
});

describe('why an exchange ended', () => {
  /** A server whose only route is written after the path, and its log. */
  async function start(route: string, top = ''): Promise<{ url: string; end(): Promise<string> }> {
    const folder = await temporaryFolder();
    const format = '{end} {status} {upstream} {upstreamConnectMs}';
    const { url } = await startServer(
      `accessLog: { to: ./a.log, format: "${format}" }\n${top}\nsites: { a: { routes: [{ path: /, ${route} }] } }\n`,
      folder,
    );
    return { url, end: () => lineIn(join(folder, 'a.log'), /./) };
  }

  it('complete, with the name of the upstream and the time that connecting took', async () => {
    const { port } = await startUpstream((_request, response) => void response.end('hi'));
    const { url, end } = await start('proxy: shop', `upstreams: { shop: "http://127.0.0.1:${port}" }`);
    await curl(url);
    expect(await end()).toMatch(/^complete 200 shop \d+(\.\d+)?$/);
  });

  it('client-closed-request: the client left while its body was awaited', async () => {
    let hasCome = (): void => undefined;
    const come = new Promise<void>((resolve) => (hasCome = resolve));
    const port = await startRaw((socket) => void socket.once('data', hasCome));
    const { url, end } = await start(`proxy: "http://127.0.0.1:${port}"`);
    const client = talk(url, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
    await come;
    client.destroy();
    expect(await end()).toMatch(/^client-closed-request 0 /);
  });

  it('client-closed-waiting: the client left before the upstream answered', async () => {
    let hasCome = (): void => undefined;
    const come = new Promise<void>((resolve) => (hasCome = resolve));
    const port = await startRaw((socket) => void socket.once('data', hasCome));
    const { url, end } = await start(`proxy: "http://127.0.0.1:${port}"`);
    const client = talk(url, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc');
    await come;
    client.destroy();
    expect(await end()).toMatch(/^client-closed-waiting 0 /);
  });

  it('client-closed-response: the client left while the answer was sent', async () => {
    const port = await startRaw(
      (socket) => void socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')),
    );
    const { url, end } = await start(`proxy: "http://127.0.0.1:${port}"`);
    const client = talk(url, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    client.once('data', () => client.destroy());
    expect(await end()).toMatch(/^client-closed-response 200 /);
  });

  it('upstream-refused: nobody listens there', async () => {
    const { port, stop } = await startUpstream(() => undefined);
    await stop();
    const { url, end } = await start(`proxy: "http://127.0.0.1:${port}"`);
    expect((await curl(url)).status).toBe(502);
    expect(await end()).toBe(`upstream-refused 502 http://127.0.0.1:${port} -`);
  });

  it.each([
    ['upstream-closed 502', '', ''],
    ['upstream-invalid 502', 'nonsense\r\n\r\n', ''],
    ['upstream-cut 200', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', ''],
  ])('%s: the upstream sent %j and closed', async (word, answer) => {
    const port = await startRaw((socket) => void socket.once('data', () => socket.end(answer)));
    const { url, end } = await start(`proxy: "http://127.0.0.1:${port}"`);
    await curl(url).catch(() => undefined);
    expect(await end()).toMatch(new RegExp(`^${word} `));
  });

  it.each([
    ['upstream-timeout 504', '', 'timeout'],
    ['upstream-silent 200', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', 'bodyTimeout'],
  ])('%s: the upstream sent %j and nothing more', async (word, answer, timeout) => {
    const port = await startRaw((socket) => void socket.once('data', () => socket.write(answer)));
    const { url, end } = await start(`proxy: { to: "http://127.0.0.1:${port}", ${timeout}: 50ms }`);
    await curl(url).catch(() => undefined);
    expect(await end()).toMatch(new RegExp(`^${word} `));
  });

  it('limit: the body was larger than allowed', async () => {
    const port = await startRaw((socket) => void socket.resume());
    const { url, end } = await start(`proxy: "http://127.0.0.1:${port}"`, 'limits: { requestBody: 10 }');
    expect((await curl(url, '-d', 'x'.repeat(100))).status).toBe(413);
    expect(await end()).toMatch(/^limit 413 /);
  });

  it('request-invalid: the body broke the rules of chunks', async () => {
    const port = await startRaw((socket) => void socket.resume());
    const { url, end } = await start(`proxy: "http://127.0.0.1:${port}"`);
    talk(url, 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n');
    expect(await end()).toMatch(/^request-invalid 400 /);
  });

  it('client-slow-request: the body came too slowly', async () => {
    const port = await startRaw((socket) => void socket.resume());
    const { url, end } = await start(
      `proxy: "http://127.0.0.1:${port}"`,
      'limits: { requestRate: 1MB/s, requestGrace: 50ms }',
    );
    talk(url, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
    expect(await end()).toMatch(/^client-slow-request 408 /);
  });
});
