import { once } from 'node:events';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createVite } from 'vite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import * as compat from '../src/index.ts';
import { ask, echo, echoed, proxyTo, serve } from './compat-fixtures.ts';

const require = createRequire(import.meta.url);

/** How often a package has loaded `http-proxy`, and got ours. */
let given = 0;

/** Packages that load `http-proxy` get ours, as with `overrides` in `package.json`. */
async function withCompat<T>(load: (require: NodeJS.Require) => T): Promise<Awaited<T>> {
  const { Module } = require('node:module') as { Module: { _load(name: string, ...rest: unknown[]): unknown } };
  const { _load } = Module;
  Module._load = (name, ...rest) => {
    if (name !== 'http-proxy') return _load.call(Module, name, ...rest);
    given += 1;
    return compat;
  };
  try {
    return await load(require);
  } finally {
    Module._load = _load;
  }
}

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'http-proxy-compat-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** The messages of a WebSocket, as text. */
function listen(url: string, protocol?: string): { socket: WebSocket; received: string[] } {
  const socket = new WebSocket(url.replace('http', 'ws'), protocol, { origin: url });
  const received: string[] = [];
  socket.on('message', (data) => received.push(String(data)));
  socket.on('error', (error) => received.push(`error: ${error.message}`));
  onTestFinished(() => socket.terminate());
  return { socket, received };
}

/** A server whose WebSockets send back what they get. */
async function echoSockets(): Promise<string> {
  const { WebSocketServer } = await import('ws');
  const server = http.createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`echo ${String(data)}`)));
  return serve(echo, server);
}

describe('http-proxy-middleware', async () => {
  const { createProxyMiddleware } = await withCompat(
    (load) => load('http-proxy-middleware') as typeof import('http-proxy-middleware'),
  );

  it('gets this package', () => expect(given).toBe(1));

  it('passes requests on with a rewritten path, events and an intercepted answer', async () => {
    const target = await serve(echo);
    const { responseInterceptor } = require('http-proxy-middleware') as typeof import('http-proxy-middleware');
    const middleware = createProxyMiddleware({
      target,
      changeOrigin: true,
      selfHandleResponse: true,
      pathRewrite: { '^/api': '' },
      on: {
        proxyReq: (proxyReq) => proxyReq.setHeader('X-User', 'ada'),
        proxyRes: responseInterceptor(async (body) => String(body).replace('ada', 'grace')),
      },
    });
    const url = await serve(
      (request, response) => void middleware(request as never, response as never, () => undefined),
    );
    const seen = await echoed(`${url}/api/a?b=c`, { method: 'POST', body: 'hello' });
    expect(seen).toMatchObject({ method: 'POST', url: '/a?b=c', body: 'hello', headers: { 'x-user': 'grace' } });
    expect(seen.headers['host']).toBe(new URL(target).host);
  });

  it('chooses a target for each request, and answers for one that is gone', async () => {
    const [a, b] = [await serve(echo), await serve((_request, response) => response.end('other'))];
    const gone = 'http://127.0.0.1:9';
    const middleware = createProxyMiddleware({
      target: a,
      router: (request) => (request.url === '/b' ? b : request.url === '/gone' ? gone : undefined),
    });
    const url = await serve(
      (request, response) => void middleware(request as never, response as never, () => undefined),
    );
    expect((await echoed(`${url}/a`)).url).toBe('/a');
    expect((await ask(`${url}/b`)).text).toBe('other');
    expect((await ask(`${url}/gone`)).status).toBe(504);
  });

  it('passes WebSockets on', async () => {
    const middleware = createProxyMiddleware({ target: await echoSockets(), ws: true });
    const server = http.createServer();
    server.on('upgrade', (request, socket, head) => middleware.upgrade(request, socket as never, head));
    const url = await serve(
      (request, response) => void middleware(request as never, response as never, () => undefined),
      server,
    );
    const { socket, received } = listen(url);
    await once(socket, 'open');
    socket.send('hello');
    await expect.poll(() => received).toEqual(['echo hello']);
  });
});

describe('Vite', () => {
  it('works behind the proxy, with updates over its WebSocket, and with the proxy in front of an API', async () => {
    const root = await folderWith({
      'index.html': '<script type="module" src="/main.js"></script>',
      'main.js': 'import { text } from "./text.js";\nconsole.log(text);\nimport.meta.hot.accept("./text.js");\n',
      'text.js': 'export const text = "one";\n',
    });
    const api = compat.createProxyServer({ target: await serve(echo) });
    onTestFinished(() => api.close());
    const vite = await createVite({
      root,
      configFile: false,
      logLevel: 'silent',
      server: { host: '127.0.0.1', port: 0, watch: { usePolling: true, interval: 20 } },
      optimizeDeps: { noDiscovery: true },
      plugins: [
        {
          name: 'api',
          configureServer: (server) =>
            void server.middlewares.use('/api', (request, response) => api.web(request, response)),
        },
      ],
    });
    await vite.listen();
    onTestFinished(() => vite.close());
    const { port } = vite.httpServer!.address() as { port: number };
    const { url } = await proxyTo({ target: `http://127.0.0.1:${port}` });
    expect((await ask(url)).text).toContain('/@vite/client');
    expect((await ask(`${url}/main.js`)).text).toContain('/text.js');
    expect((await ask(`${url}/text.js`)).text).toContain('"one"');
    expect((await echoed(`${url}/api/a`, { method: 'POST', body: 'hello' })).body).toBe('hello');

    const token = /const wsToken = "([^"]+)"/.exec((await ask(`${url}/@vite/client`)).text)![1];
    const { received } = listen(`${url}/?token=${token}`, 'vite-hmr');
    await expect.poll(() => received).toEqual(['{"type":"connected"}']);
    await writeFile(join(root, 'text.js'), 'export const text = "two";\n');
    await expect.poll(() => received.join(), { timeout: 20_000 }).toMatch(/"type":"update".*text\.js/);
    expect((await ask(`${url}/text.js`)).text).toContain('"two"');
  });
});

describe('webpack-dev-server', () => {
  it('passes its `proxy` on by this package, and works behind it, with updates over its WebSocket', async () => {
    const folder = await folderWith({ 'main.js': 'console.log("one");\n' });
    const { default: webpack } = await import('webpack');
    const WebpackDevServer = await withCompat(
      (load) => load('webpack-dev-server') as typeof import('webpack-dev-server'),
    );
    const compiler = webpack({
      mode: 'development',
      context: folder,
      entry: './main.js',
      output: { path: folder },
      infrastructureLogging: { level: 'none' },
      stats: 'none',
      watchOptions: { poll: 20 },
    })!;
    const proxied = await echoSockets();
    const before = given;
    const options = {
      host: '127.0.0.1',
      port: 'auto' as const,
      static: false as const,
      proxy: [{ context: ['/api', '/socket'], target: proxied, ws: true }],
    };
    const server = new WebpackDevServer(options, compiler);
    await withCompat(() => server.start());
    onTestFinished(() => server.stop());
    expect(given).toBe(before + 1);
    const { port } = server.server!.address() as { port: number };
    const { url } = await proxyTo({ target: `http://127.0.0.1:${port}` });

    expect((await ask(`${url}/main.js`)).text).toContain('one');
    expect((await echoed(`${url}/api/a`, { method: 'POST', body: 'hello' })).body).toBe('hello');
    const api = listen(`${url}/socket`);
    await once(api.socket, 'open');
    api.socket.send('hello');
    await expect.poll(() => api.received).toEqual(['echo hello']);

    const updates = listen(`${url}/ws`);
    const hashes = (): string[] => updates.received.filter((text) => text.includes('"hash"'));
    await expect.poll(hashes).toHaveLength(1);
    await writeFile(join(folder, 'main.js'), 'console.log("two");\n');
    await expect.poll(() => hashes().length, { timeout: 20_000 }).toBeGreaterThan(1);
    expect((await ask(`${url}/main.js`)).text).toContain('two');
  });
});
