import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { onTestFinished } from 'vitest';

/** An application with Express whose pages change when the test says so. */
export interface ExpressOrigin {
  readonly port: number;
  version: number;
  /** The requests so far: path, language, and whether it was a condition. */
  readonly asked: string[];
}

/** Starts it. `/page` depends on the language, `/checked` must be validated, `/stale` may be used while it is, `/file` is long; all have the tag `news`. */
export async function startExpress(): Promise<ExpressOrigin> {
  const app = express();
  const origin = { port: 0, version: 1, asked: [] as string[] };
  const page = (path: string, cacheControl: string, vary: string | null = null): void => {
    app.get(path, (request, response) => {
      const condition = request.get('if-none-match') === undefined ? '' : ' if changed';
      origin.asked.push(`${path}${condition}`);
      response.set({ 'Cache-Control': cacheControl, 'Surrogate-Key': `news ${path.slice(1)}` });
      if (vary !== null) response.vary(vary);
      const language = vary === null ? '' : `${request.acceptsLanguages('de', 'fr')} `;
      response.type('txt').send(`${language}${path} ${origin.version}`);
    });
  };
  page('/page', 'max-age=3600', 'Accept-Language');
  page('/checked', 'no-cache');
  page('/stale', 'max-age=0, stale-while-revalidate=3600');
  page('/kept', 'max-age=3600');
  app.get('/file', (_request, response) => {
    origin.asked.push('/file');
    response.set('Cache-Control', 'max-age=3600').type('txt').send('abcdefghij'.repeat(50_000));
  });
  app.post('/kept', (_request, response) => void response.status(204).end());
  app.get('/mine', (_request, response) => {
    origin.asked.push('/mine');
    response.cookie('session', 'secret').set('Cache-Control', 'max-age=3600').send('mine');
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  origin.port = (server.address() as AddressInfo).port;
  return origin;
}

/** Starts nginx on a folder, with gzip for pages; returns its port. */
export async function startNginx(folder: string): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const config = `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
    ${process.getuid?.() === 0 ? 'user root;' : ''} events {}
    http { access_log off; gzip on; gzip_proxied any; gzip_vary on; ${temporary.join(' ')} server { listen 127.0.0.1:${port}; root ${folder}; } }`;
  await writeFile(join(folder, 'nginx.conf'), config);
  const nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  onTestFinished(async () => {
    nginx.kill('SIGTERM');
    await once(nginx, 'exit');
  });
  while (nginx.exitCode === null && !(await isListening(port))) await new Promise((resolve) => setImmediate(resolve));
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket
      .once('error', () => resolve(false))
      .once('connect', () => {
        socket.destroy();
        resolve(true);
      });
  });
}
