import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toPushBody } from '@windhover/core';
import { localhostCertificate, writeLocalhostCertificate } from '@windhover/transport/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/lib/free-port.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { createUpstreams, reverseProxy, type UpstreamServer, type UpstreamsOptions } from '../src/index.ts';
import { ask, converse, type Front, setUpProxies, startHandler, startUpstream } from './proxy-fixtures.ts';
import { isListening } from './real-origins.ts';

setUpProxies();

/** Runs a program with a configuration until the test is over. Resolves when it listens on all ports. */
async function startPeer(
  program: string,
  argumentsFor: (file: string, folder: string) => string[],
  portCount: number,
  configuration: (folder: string, ports: readonly number[]) => string,
): Promise<readonly number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'proxy-http2-'));
  const ports: number[] = [];
  while (ports.length < portCount) {
    const port = await freePort();
    if (!ports.includes(port)) ports.push(port);
  }
  const { certFile, keyFile } = await writeLocalhostCertificate(folder);
  await writeFile(join(folder, 'both.pem'), (await readFile(certFile, 'utf8')) + (await readFile(keyFile, 'utf8')));
  const file = join(folder, 'configuration');
  await writeFile(file, configuration(folder, ports));
  const child = spawn(program, argumentsFor(file, folder), { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  const hasEnded = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await hasEnded;
    await rm(folder, { recursive: true });
  });
  for (const port of ports)
    while (!(await isListening(port))) {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  return ports;
}

async function startFront(server: UpstreamServer, options: UpstreamsOptions = {}): Promise<Front> {
  const upstreams = createUpstreams([server], options);
  onTestFinished(() => upstreams.close());
  return startHandler(reverseProxy(upstreams));
}

const tls = { ca: localhostCertificate.cert, serverName: 'localhost' };

describe.skipIf(!hasPeer('nginx'))('nginx as an upstream of HTTP/2', () => {
  const start = (): Promise<readonly number[]> =>
    startPeer(
      'nginx',
      (file, folder) => ['-p', folder, '-c', file],
      3,
      (folder, [clear, secure, old]) => {
        const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
        const certificate = `ssl_certificate ${folder}/localhost.crt; ssl_certificate_key ${folder}/localhost.key;`;
        const body = `
          location /who { return 200 "$server_protocol $http_host $connection"; }
          location /short { keepalive_requests 3; return 200 "short"; }
          location /file { alias ${folder}/localhost.crt; limit_except GET POST { deny all; } }
          location /upload { client_max_body_size 10k; return 200 "read"; }`;
        return `
daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
  access_log off; ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  server { listen 127.0.0.1:${clear} http2; ${body} }
  server { listen 127.0.0.1:${secure} ssl http2; ${certificate} ${body} }
  server { listen 127.0.0.1:${old} ssl; ${certificate} ${body} }
}`;
      },
    );

  it('is spoken to by prior knowledge, by ALPN, and as it chooses', async () => {
    const [clear, secure, old] = await start();
    const servers: [UpstreamServer, string][] = [
      [{ url: `http://127.0.0.1:${clear}`, protocol: 'http2' }, 'HTTP/2.0'],
      [{ url: `https://127.0.0.1:${secure}`, protocol: 'http2', tls }, 'HTTP/2.0'],
      [{ url: `https://127.0.0.1:${secure}`, protocol: 'auto', tls }, 'HTTP/2.0'],
      [{ url: `https://127.0.0.1:${secure}`, tls }, 'HTTP/1.1'],
      [{ url: `https://127.0.0.1:${old}`, protocol: 'auto', tls }, 'HTTP/1.1'],
    ];
    for (const [server, version] of servers) {
      const front = await startFront(server);
      const answers = await Promise.all(Array.from({ length: 50 }, async () => (await ask(`${front.url}/who`)).text));
      const host = new URL(front.url).host;
      expect(answers.every((text) => text.startsWith(`${version} ${host} `))).toBe(true);
      if (version === 'HTTP/2.0') expect(new Set(answers).size).toBe(1); // one connection
    }
  });

  it('loses nothing although it sends GOAWAY after each third request', async () => {
    const [clear] = await start();
    const front = await startFront({ url: `http://127.0.0.1:${clear}`, protocol: 'http2' });
    const answers = await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        const { status, text } = await ask(`${front.url}/short`, index % 2 === 0 ? {} : { method: 'POST', body: 'x' });
        return `${status} ${text}`;
      }),
    );
    expect(new Set(answers)).toEqual(new Set(['200 short']));
  });

  it('answers before it has read all of a large body, and the connection serves the next', async () => {
    const [clear] = await start();
    const front = await startFront({ url: `http://127.0.0.1:${clear}`, protocol: 'http2' });
    for (let round = 0; round < 5; round++) {
      const { status } = await ask(`${front.url}/upload`, { method: 'POST', body: 'x'.repeat(1_000_000) });
      expect(status).toBe(413);
      expect((await ask(`${front.url}/file`)).text).toBe(localhostCertificate.cert);
      expect((await ask(`${front.url}/file`, { method: 'HEAD' })).headers['content-length']).toBe(
        String(localhostCertificate.cert.length),
      );
    }
  });
});

describe.skipIf(!hasPeer('haproxy'))('HAProxy', () => {
  const defaults = `
global
  log stderr local0 err
defaults
  mode http
  timeout connect 5s
  timeout client 20s
  timeout server 20s`;

  it('is an upstream of HTTP/2, also behind a PROXY header and with TLS', async () => {
    const [clear, proxied, secure] = await startPeer(
      'haproxy',
      (file) => ['-db', '-f', file],
      3,
      (folder, ports) => `${defaults}
frontend all
  bind 127.0.0.1:${ports[0]} proto h2
  bind 127.0.0.1:${ports[1]} accept-proxy proto h2
  bind 127.0.0.1:${ports[2]} ssl crt ${folder}/both.pem alpn h2,http/1.1
  http-request return status 200 content-type text/plain lf-string "%[req.ver] %[src] %[fc_rcvd_proxy] %[src_port]"
`,
    );
    const plain = await startFront({ url: `http://127.0.0.1:${clear}`, protocol: 'http2' });
    expect((await ask(plain.url)).text).toMatch(/^2\.0 127\.0\.0\.1 0 /);
    for (const version of [1, 2] as const) {
      const front = await startFront(
        { url: `http://127.0.0.1:${proxied}`, protocol: 'http2' },
        { proxyProtocol: version },
      );
      const ports = new Set<string>();
      for (let round = 0; round < 3; round++) {
        const [httpVersion, source, hasHeader, port] = (await ask(front.url)).text.split(' ');
        expect([httpVersion, source, hasHeader]).toEqual(['2.0', '127.0.0.1', '1']);
        ports.add(port!);
      }
      expect(ports.size).toBe(3); // each client by its own address
    }
    const auto = await startFront({ url: `https://127.0.0.1:${secure}`, protocol: 'auto', tls });
    expect((await ask(auto.url)).text).toMatch(/^2\.0 /);
  });

  it('is a client of HTTP/2: requests, bodies both ways, and many at a time', async () => {
    const front = await startHandler(
      Object.assign(
        ({ request, response }: Parameters<ReturnType<typeof reverseProxy>>[0]) => {
          response.headers.set('X-Version', request.httpVersion);
          response.body = request.body.length === 0 ? 'hello' : toPushBody(request.body);
        },
        { close: () => undefined, upstreams: [] },
      ),
      {},
      { http2: 'prior-knowledge' },
    );
    const [port] = await startPeer(
      'haproxy',
      (file) => ['-db', '-f', file],
      1,
      (_folder, ports) => `${defaults}
frontend in
  bind 127.0.0.1:${ports[0]}
  default_backend windhover
backend windhover
  server one 127.0.0.1:${front.port} proto h2
`,
    );
    const url = `http://127.0.0.1:${port}`;
    const { text, headers } = await ask(url);
    expect([text, headers['x-version']]).toEqual(['hello', '2.0']);
    const large = 'abcdefghij'.repeat(100_000);
    for (const more of [{}, { headers: { 'Content-Length': large.length } }]) {
      const echoed = await ask(url, { method: 'POST', body: large, ...more });
      expect(echoed.text === large).toBe(true);
    }
    const answers = await Promise.all(Array.from({ length: 200 }, async () => (await ask(url)).text));
    expect(new Set(answers)).toEqual(new Set(['hello']));
  });

  it('passes WebSocket on, as an upstream and as a client of HTTP/2 (RFC 8441)', async () => {
    const origin = await startUpstream(() => undefined);
    origin.on('upgrade', (request, socket) => {
      const accept = createHash('sha1')
        .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64');
      const lines = ['Connection: upgrade', 'Upgrade: websocket', `Sec-WebSocket-Accept: ${accept}`];
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      socket.on('error', () => undefined);
      socket.on('data', (bytes: Buffer) => socket.write(bytes.toString().toUpperCase()));
    });
    // Windhover, HTTP/2 without TLS, HAProxy, HTTP/2, Windhover, HTTP/1.1, Node.
    const inner = await startHandler(reverseProxy(origin.origin), {}, { http2: 'prior-knowledge' });
    const [port] = await startPeer(
      'haproxy',
      (file) => ['-db', '-f', file],
      1,
      (_folder, ports) => `${defaults}
frontend in
  bind 127.0.0.1:${ports[0]} proto h2
  default_backend windhover
backend windhover
  server one 127.0.0.1:${inner.port} proto h2 ws h2
`,
    );
    const front = await startFront({ url: `http://127.0.0.1:${port}`, protocol: 'http2' });
    const key = 'dGhlIHNhbXBsZSBub25jZQ==';
    const lines = ['Host: a', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
    const head = `GET /chat HTTP/1.1\r\n${lines.join('\r\n')}\r\nSec-WebSocket-Key: ${key}\r\n\r\n`;
    const answer = await converse(front.port, head, 'hello', (text) => text.endsWith('HELLO'));
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).toMatch(/^sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=$/im);
  });
});
