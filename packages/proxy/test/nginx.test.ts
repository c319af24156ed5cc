import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from '@windhover/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../scripts/lib/free-port.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { type ReverseProxy, reverseProxy } from '../src/index.ts';

describe.skipIf(!hasPeer('nginx'))('reverseProxy() in front of the real nginx', () => {
  let folder: string;
  let nginx: ChildProcess;
  let proxy: ReverseProxy;
  let server: Server;
  let url: string;
  const file = Buffer.alloc(3_000_000, 'abcdefghij');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proxy-nginx-'));
    const port = await freePort();
    await writeFile(join(folder, 'file.bin'), file);
    await writeFile(join(folder, 'text'), 'z'.repeat(5000));
    await writeFile(join(folder, 'nginx.conf'), configuration(folder, port));
    nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await untilListening(port, nginx);
    proxy = reverseProxy(`http://127.0.0.1:${port}`);
    server = createServer(proxy);
    url = `http://${(await server.listen({ host: '127.0.0.1', port: 0 })).name}`;
  });

  afterAll(async () => {
    proxy.close();
    await server.close({ timeoutMs: 0 });
    await new Promise((resolve) => {
      nginx.once('exit', resolve);
      nginx.kill('SIGTERM');
    });
    await rm(folder, { recursive: true });
  });

  it('passes files, ranges and validators through', async () => {
    const whole = await fetch(`${url}/file.bin`);
    expect(Buffer.from(await whole.arrayBuffer()).equals(file)).toBe(true);
    const part = await fetch(`${url}/file.bin`, { headers: { range: 'bytes=5-9' } });
    expect([part.status, await part.text()]).toEqual([206, 'fghij']);
    const unchanged = await fetch(`${url}/file.bin`, { headers: { 'if-none-match': whole.headers.get('etag')! } });
    expect(unchanged.status).toBe(304);
  });

  it('is told apart from the client: nginx sees who asked, over one kept connection', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 50; round++) {
      const [connection, forwarded, host] = (await (await fetch(`${url}/who`)).text()).split(' ');
      seen.add(connection!);
      expect([forwarded, host]).toEqual(['127.0.0.1', new URL(url).host]);
    }
    expect(seen.size).toBe(1);
  });

  it('survives that nginx closes connections after each third request', async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, async () => {
        const response = await fetch(`${url}/short/`);
        return `${response.status} ${await response.text()}`;
      }),
    );
    expect(new Set(answers)).toEqual(new Set(['200 short']));
  });

  it('passes chunked answers and errors of nginx on', async () => {
    const chunked = await fetch(`${url}/text`, { headers: { 'accept-encoding': 'gzip' } });
    expect(chunked.headers.get('content-encoding')).toBe('gzip');
    expect((await chunked.text()).length).toBe(5000);
    expect((await fetch(`${url}/missing`)).status).toBe(404);
    const tooLarge = await fetch(`${url}/who`, { method: 'POST', body: 'x'.repeat(100_000) });
    expect(tooLarge.status).toBe(413);
  });
});

function configuration(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  return `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    events {}
    http {
      access_log off; client_max_body_size 50k; ${temporary.join(' ')}
      server {
        listen 127.0.0.1:${port}; root ${folder};
        location /who { return 200 "$connection $http_x_forwarded_for $http_host"; }
        location /text { gzip on; gzip_types text/plain; default_type text/plain; }
        location /short/ { keepalive_requests 3; return 200 "short"; }
      }
    }`;
}

async function untilListening(port: number, nginx: ChildProcess): Promise<void> {
  for (;;) {
    if (nginx.exitCode !== null) throw new Error(`nginx ended with ${nginx.exitCode}`);
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
