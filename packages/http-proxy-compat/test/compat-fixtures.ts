import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createProxyServer, type ProxyServer, type ServerOptions } from '../src/index.ts';

/** Starts a server of Node; it ends with the test. */
export async function serve(listener: http.RequestListener, server = http.createServer()): Promise<string> {
  server.on('request', listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A proxy behind a server of Node, as most programs use it. */
export async function proxyTo(
  options: ServerOptions,
  before: (request: http.IncomingMessage) => unknown = () => undefined,
): Promise<{ url: string; proxy: ProxyServer }> {
  const proxy = createProxyServer(options);
  const server = http.createServer();
  server.on('upgrade', (request, socket, head) => proxy.ws(request, socket, head));
  const url = await serve(async (request, response) => {
    await before(request);
    proxy.web(request, response);
  }, server);
  onTestFinished(() => proxy.close());
  return { url, proxy };
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly raw: readonly string[];
  readonly text: string;
}

export function ask(url: string, init: http.RequestOptions & { body?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { agent: false, ...init }, async (response) => {
      let text = '';
      try {
        for await (const chunk of response) text += String(chunk);
      } catch (error) {
        reject(error);
        return;
      }
      resolve({ status: response.statusCode!, headers: response.headers, raw: response.rawHeaders, text });
    });
    request.on('error', reject);
    request.end(init.body);
  });
}

/** Answers with what it has got, as JSON. */
export const echo: http.RequestListener = async (request, response) => {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const { method, url, headers } = request;
  response.end(JSON.stringify({ method, url, headers, body }));
};

export interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export const echoed = async (url: string, init?: Parameters<typeof ask>[1]): Promise<Echo> =>
  JSON.parse((await ask(url, init)).text) as Echo;
