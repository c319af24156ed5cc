import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toConnect } from '@windhover/adapter-connect';
import { toFastify } from '@windhover/adapter-fastify';
import { toHono } from '@windhover/adapter-fetch';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type StaticOptions, staticFiles } from '../src/index.ts';
import { useFolder } from './folder-fixtures.ts';

const large = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
const folder = useFolder({
  'index.html': 'home',
  'about.html': 'about',
  'app-1a2b3c4d.js': 'script',
  'large.bin': large,
  'docs/index.html': 'docs',
  '.env': 'SECRET',
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Middleware = ReturnType<typeof staticFiles>;
const hosts: Record<string, (middleware: Middleware) => Promise<string>> = {
  Express(middleware) {
    const app = express();
    app.use(toConnect(middleware));
    app.get('/api', (_request, response) => void response.send('api'));
    return listen(app);
  },
  async Fastify(middleware) {
    const app = fastify();
    await app.register(toFastify(middleware));
    app.get('/api', () => Promise.resolve('api'));
    onTestFinished(() => app.close());
    return app.listen({ host: '127.0.0.1', port: 0 });
  },
  async Hono(middleware) {
    const app = new Hono();
    app.use(toHono(middleware));
    app.get('/api', (context) => context.text('api'));
    return listen(async (request, response) => {
      const { headers, method = 'GET', url } = request;
      const answer = await app.fetch(
        new Request(`http://localhost${url}`, { method, headers: headers as Record<string, string> }),
      );
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
  },
};

describe.each(Object.keys(hosts))('staticFiles() in %s', (name) => {
  it('serves files, and leaves the rest to the application', async () => {
    const clock = { now: () => Date.now() + 3_600_000 }; // the second round comes from memory
    const url = await hosts[name]!(staticFiles(folder.root, { clock }));
    for (let round = 0; round < 3; round++) {
      const home = await fetch(url);
      expect([home.status, await home.text(), home.headers.get('content-type')]).toEqual([
        200,
        'home',
        'text/html; charset=utf-8',
      ]);
    }
    expect(Buffer.from(await (await fetch(`${url}/large.bin`)).arrayBuffer()).equals(large)).toBe(true);
    const etag = (await fetch(`${url}/about.html`)).headers.get('etag')!;
    expect((await fetch(`${url}/about.html`, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const part = await fetch(`${url}/large.bin`, { headers: { range: 'bytes=100000-100009' } });
    expect([part.status, Buffer.from(await part.arrayBuffer()).equals(large.subarray(100_000, 100_010))]).toEqual([
      206,
      true,
    ]);
    expect(await (await fetch(`${url}/api`)).text()).toBe('api');
    expect((await fetch(`${url}/.env`)).status).toBe(404);
    expect(new URL((await fetch(`${url}/docs`)).url).pathname).toBe('/docs/');
  });
});

/** What people say to `express.static`, and how they say it here. */
const sayings: [string, Parameters<typeof express.static>[1], StaticOptions, string[]][] = [
  ['nothing', {}, {}, ['/', '/about.html', '/docs', '/docs/', '/.env', '/gone', '/large.bin', '/about', '/%2e%2e/x']],
  ['index', { index: 'about.html' }, { index: ['about.html'] }, ['/', '/docs/']],
  ['index: false', { index: false }, { index: [] }, ['/']],
  ['extensions', { extensions: ['html'] }, { tryFiles: ['{path}', '{path}.html'] }, ['/about', '/about.html', '/docs']],
  ['dotfiles', { dotfiles: 'allow' }, { dotfiles: 'serve' }, ['/.env']],
];

describe('staticFiles() in place of express.static', () => {
  const ask = async (url: string): Promise<unknown> => {
    const { status, headers, url: at } = await fetch(url);
    const { pathname } = new URL(at);
    return [status, pathname, status === 404 ? null : [headers.get('content-type'), headers.get('content-length')]];
  };

  it.each(sayings)('answers the same for %s', async (_name, theirs, ours, paths) => {
    const [one, other] = [express(), express()];
    one.use('/files', express.static(folder.root, theirs));
    other.use('/files', toConnect(staticFiles(folder.root, ours)));
    const [theirUrl, ourUrl] = [await listen(one), await listen(other)];
    for (const path of paths)
      expect([path, await ask(`${ourUrl}/files${path}`)]).toEqual([path, await ask(`${theirUrl}/files${path}`)]);
  });

  it('says maxAge and immutable as Cache-Control', async () => {
    const app = express();
    app.use('/theirs', express.static(folder.root, { maxAge: '1y', immutable: true }));
    const cacheControl = { '*.js': 'public, max-age=31536000, immutable' };
    app.use('/ours', toConnect(staticFiles(folder.root, { cacheControl })));
    const url = await listen(app);
    const control = async (path: string) => (await fetch(`${url}${path}/app-1a2b3c4d.js`)).headers.get('cache-control');
    expect(await control('/ours')).toBe(await control('/theirs'));
  });

  it('sends parts, lengths and nothing else where it is mounted', async () => {
    const app = express();
    app.use('/files', toConnect(staticFiles(folder.root)));
    const url = `${await listen(app)}/files`;
    const whole = await fetch(`${url}/about.html`);
    expect([await whole.text(), whole.headers.get('content-length')]).toEqual(['about', '5']);
    const part = await fetch(`${url}/about.html`, { headers: { range: 'bytes=2-4' } });
    expect([part.status, await part.text()]).toEqual([206, 'out']);
    const head = await fetch(`${url}/about.html`, { method: 'HEAD' });
    expect([await head.text(), head.headers.get('content-length')]).toEqual(['', '5']);
    expect((await fetch(`${url}/none`)).status).toBe(404);
  });

  it('takes the headers that an application sets before, as setHeaders does', async () => {
    const app = express();
    app.use((_request, response, next) => {
      response.setHeader('X-Own', '1');
      next();
    });
    app.use(toConnect(staticFiles(folder.root)));
    expect((await fetch(await listen(app))).headers.get('x-own')).toBe('1');
  });
});
