import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { HttpContext } from '@windhover/core';
import { createServer } from '@windhover/server';
import { WebSocket as UndiciWebSocket } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/lib/free-port.ts';
import { openChromium } from '../../../scripts/lib/open-chromium.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { connectWebSocket, type WebSocketConnection, webSocket } from '../src/index.ts';
import { closeOf, connectWs, hosts, messages, serve } from './talk.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const echo = (socket: WebSocketConnection): void => {
  socket.onmessage = ({ data }) => void socket.send(data as string);
};

describe.each(hosts)('peers of webSocket() on %s', (host) => {
  it("undici's WebSocket talks to it, with compression", async () => {
    const { url } = await serve(host, echo, { deflate: { thresholdBytes: 1 } });
    const client = new UndiciWebSocket(url);
    await once(client, 'open');
    expect(client.extensions).toContain('permessage-deflate');
    for (const text of ['Hello', 'ü'.repeat(50_000)]) {
      const answer = once(client, 'message');
      client.send(text);
      expect((await answer)[0].data).toBe(text);
    }
    const end = once(client, 'close');
    client.close(1000, 'done');
    expect((await end)[0]).toMatchObject({ code: 1000, wasClean: true });
  });

  it('leaves nothing behind when peers are killed in every state', async () => {
    const kept: WeakRef<WebSocketConnection>[] = [];
    const listener = (socket: WebSocketConnection): void => {
      kept.push(new WeakRef(socket));
      echo(socket);
    };
    const { url, port, handler } = await serve(host, listener, { deflate: { keepContext: true } });
    await expect.poll(openSockets).toBe(0); // those of the test before are gone
    const request =
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
    const frame = Buffer.from([0x81, 0x85, 1, 2, 3, 4, 0x61, 0x61, 0x61, 0x61, 0x61]);
    const states: (string | Buffer)[] = [
      request.slice(0, 30),
      request,
      ...[1, 2, 5, 8].map((length) => Buffer.concat([Buffer.from(request), frame.subarray(0, length)])),
      Buffer.concat([Buffer.from(request), frame, Buffer.from([0x88, 0x80, 1, 2, 3, 4])]),
    ];
    for (const bytes of states) {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.write(bytes, resolve));
      if (bytes.length > 100) await once(socket, 'data');
      socket.resetAndDestroy();
    }
    const client = await connectWs(url);
    const end = closeOf(client);
    client.close();
    await end;
    await expect.poll(() => handler.sockets.size).toBe(0);
    await expect.poll(openSockets).toBe(0);
    expect(kept).toHaveLength(states.length); // all but the half request, and the client at the end
    const alive = (): number => {
      collectGarbage();
      return kept.filter((one) => one.deref() !== undefined).length;
    };
    await expect.poll(alive).toBe(0);
  });
});

/** The number of TCP connections of this process. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}

/** Starts a proxy with a configuration file and waits until its port answers. */
async function startProxy(
  program: string,
  port: number,
  text: string,
  args: (file: string, folder: string) => string[],
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), `websocket-${program}-`));
  const file = join(folder, 'proxy.conf');
  await writeFile(file, text.replaceAll('FOLDER', folder));
  const child: ChildProcess = spawn(program, args(file, folder), { stdio: 'ignore' });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true });
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
    const socket = net.connect(port, '127.0.0.1');
    const isOpen = await new Promise((resolve) =>
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
    );
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const proxies = {
  nginx: {
    text: (port: number, backend: number) =>
      `daemon off; pid FOLDER/pid; error_log FOLDER/error.log; events {} http { access_log off; client_body_temp_path FOLDER/b; proxy_temp_path FOLDER/p; fastcgi_temp_path FOLDER/f; uwsgi_temp_path FOLDER/u; scgi_temp_path FOLDER/s; server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${backend}; proxy_http_version 1.1; proxy_set_header Host $host; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; } } }`,
    args: (file: string, folder: string) => ['-p', folder, '-e', join(folder, 'error.log'), '-c', file],
  },
  haproxy: {
    text: (port: number, backend: number) =>
      `defaults\n  mode http\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s\n  timeout tunnel 1m\nlisten web\n  bind 127.0.0.1:${port}\n  server one 127.0.0.1:${backend}\n`,
    args: (file: string) => ['-db', '-f', file],
  },
};

describe.each(['nginx', 'haproxy'] as const)('%s in front', (program) => {
  it.skipIf(!hasPeer(program))('passes messages, pings and closes on', async () => {
    const { port: backend } = await serve('our server', echo);
    const port = await freePort();
    const { text, args } = proxies[program];
    await startProxy(program, port, text(port, backend), args);
    const client = await connectWs(`ws://127.0.0.1:${port}/`);
    const sent = ['a', 'ü'.repeat(40_000), ''];
    const received = messages(client, sent.length);
    for (const message of sent) client.send(message);
    expect(await received).toEqual(sent);
    const pong = once(client, 'pong');
    client.ping('are you there?');
    expect(String((await pong)[0])).toBe('are you there?');
    const own = await connectWebSocket(`ws://127.0.0.1:${port}/`);
    own.close(4000, 'enough');
    expect(await own.closed()).toMatchObject({ code: 4000, wasClean: true });
    const end = closeOf(client);
    client.close(1000);
    expect((await end)[0]).toBe(1000);
  });
});

describe.skipIf(!hasPeer('chromium'))('Chromium', () => {
  it('talks, compressed, both ways, and is told of the close', async () => {
    const page = `<!doctype html><script>
      const socket = new WebSocket('ws://' + location.host + '/live', ['v2', 'v1']);
      socket.binaryType = 'arraybuffer';
      const heard = [];
      socket.onopen = () => { socket.send('Grüße '.repeat(5000)); socket.send(new Uint8Array([1, 2, 255])); };
      socket.onmessage = ({ data }) => {
        heard.push(typeof data === 'string' ? data.length : [...new Uint8Array(data)].join());
        if (heard.length === 2) socket.send('close me');
      };
      socket.onclose = ({ code, reason, wasClean }) =>
        fetch('/said?' + encodeURIComponent(JSON.stringify({ heard, code, reason, wasClean, protocol: socket.protocol, extensions: socket.extensions })));
      </script>`;
    const sockets = webSocket(
      (socket) => {
        socket.onmessage = ({ data }) => {
          if (data === 'close me') socket.close(4321, 'as you wish');
          else socket.send(data as string);
        };
      },
      { deflate: true, protocols: ['v1', 'v2'] },
    );
    let tell: (text: string) => void = () => undefined;
    const said = new Promise<string>((resolve) => (tell = resolve));
    const server = createServer((context: HttpContext) => {
      const { request, response } = context;
      if (request.path === '/live') return sockets(context);
      if (request.path === '/said') tell(decodeURIComponent(request.query!));
      response.headers.set('Content-Type', 'text/html; charset=utf-8');
      response.body = page;
      return undefined;
    });
    onTestFinished(() => server.close({ timeoutMs: 0 }));
    const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
    await openChromium(`http://${name}/`, '--disable-component-update');
    expect(JSON.parse(await said)).toEqual({
      heard: [30_000, '1,2,255'],
      code: 4321,
      reason: 'as you wish',
      wasClean: true,
      protocol: 'v1',
      extensions: expect.stringContaining('permessage-deflate'),
    });
  });
});
