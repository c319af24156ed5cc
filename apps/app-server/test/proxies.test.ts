import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/lib/free-port.ts';
import { keepAsking } from '../../../scripts/lib/load-clients.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { startApp } from './app-process.ts';

/** Starts a proxy from its configuration and waits until it takes connections. */
async function startProxy(
  program: string,
  args: (file: string, folder: string) => string[],
  config: (port: number, folder: string) => string,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'front-'));
  const port = await freePort();
  const file = join(folder, 'proxy.conf');
  await writeFile(file, config(port, folder));
  const child = spawn(program, args(file, folder), { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (said += part));
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true });
  });
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`${program} did not start:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

const fronts = {
  nginx: (backend: number) =>
    startProxy(
      'nginx',
      (file, folder) => ['-c', file, '-p', folder, '-e', join(folder, 'error.log')],
      (port, folder) => `
daemon off; pid ${folder}/pid;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  upstream app { server 127.0.0.1:${backend}; keepalive 8; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto https;
    }
  }
}`,
    ),
  apache2: (backend: number) =>
    startProxy(
      'apache2',
      (file) => ['-X', '-f', file],
      (port, folder) => `
ServerRoot ${folder}
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
${['mpm_event', 'authz_core', 'headers', 'proxy', 'proxy_http']
  .map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)
  .join('\n')}
ProxyPreserveHost On
RequestHeader set X-Forwarded-Proto https
ProxyPass / http://127.0.0.1:${backend}/ keepalive=On
`,
    ),
  haproxy: (backend: number) =>
    startProxy(
      'haproxy',
      (file) => ['-db', '-f', file],
      (port) => `
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  option forwardfor
  http-reuse always
frontend front
  bind 127.0.0.1:${port}
  default_backend app
backend app
  http-request set-header X-Forwarded-Proto https
  server app 127.0.0.1:${backend}
`,
    ),
};

for (const name of Object.keys(fronts) as (keyof typeof fronts)[]) {
  describe.skipIf(!hasPeer(name))(`behind ${name}`, () => {
    it('knows the client, from a proxy that is trusted alone', async () => {
      const trusting = await startApp('handler.mjs', '--trust-proxy', 'loopback', '--host', '127.0.0.1');
      const strict = await startApp('handler.mjs', '--host', '127.0.0.1');
      const headers = { 'X-Forwarded-For': '203.0.113.7' };
      const ask = async (port: number): Promise<string> =>
        (await fetch(`http://127.0.0.1:${port}/who`, { headers })).text();
      expect(await ask(await fronts[name](trusting.port))).toBe('203.0.113.7 https://127.0.0.1');
      expect(await ask(await fronts[name](strict.port))).toBe('127.0.0.1 http://127.0.0.1');
    });

    it('answers every request on connections that are used again, also while it is replaced', async () => {
      const app = await startApp('handler.mjs', '--workers', '2', '--host', '127.0.0.1');
      const port = await fronts[name](app.port);
      const clients = keepAsking(port, 16);
      const goOn = async (): Promise<void> => {
        const { answered } = clients.tally;
        while (clients.tally.answered < answered + 1000) await new Promise((resolve) => setTimeout(resolve, 10));
      };
      await goOn();
      app.child.kill('SIGHUP');
      await goOn();
      await clients.stop();
      expect(clients.tally).toMatchObject({ lost: 0, refused: 0 });
      expect(clients.tally.failed).toBe(0); // no 502
    });
  });
}

it('takes the client from the PROXY header of a proxy that is trusted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'proxied-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const config = join(folder, 'app.yaml');
  await writeFile(config, 'proxyProtocol: loopback\n');
  const { port } = await startApp('handler.mjs', '--host', '127.0.0.1', '--config', config);
  const socket = net.connect(port, '127.0.0.1').setEncoding('latin1');
  socket.end('PROXY TCP4 192.0.2.9 192.0.2.1 1 2\r\nGET /who HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  let answer = '';
  for await (const text of socket) answer += text;
  expect(answer).toMatch(/\r\n\r\n192\.0\.2\.9 /);
});
