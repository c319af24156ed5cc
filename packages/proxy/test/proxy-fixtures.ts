import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { compose, type HttpContext, type Middleware, type Outcome } from '@windhover/core';
import { createServer, type Server, type ServerOptions } from '@windhover/server';
import { afterEach } from 'vitest';
import { type ReverseProxy, type ReverseProxyOptions, reverseProxy } from '../src/index.ts';

const cleanUps: (() => unknown)[] = [];

/** For the top of a test file: what a test starts ends with it. */
export function setUpProxies(): void {
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
}

export async function startUpstream(
  listener: http.RequestListener,
  port = 0,
): Promise<http.Server & { origin: string }> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(server, { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

export interface Front {
  readonly url: string;
  readonly port: number;
  readonly outcomes: Outcome[];
  readonly server: Server;
}

export async function startProxy(
  upstreams: string | string[],
  options: ReverseProxyOptions = {},
  serverOptions: ServerOptions = {},
): Promise<Front> {
  return startHandler(reverseProxy(upstreams, options), serverOptions);
}

/** Serves a proxy. */
export async function startHandler(
  proxy: ReverseProxy,
  serverOptions: ServerOptions = {},
  listenOptions: Parameters<Server['listen']>[1] = {},
): Promise<Front> {
  const outcomes: Outcome[] = [];
  const observe: Middleware<HttpContext> = (context, next) => {
    context.onSent((outcome) => outcomes.push(outcome));
    return next(context);
  };
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const server = createServer(compose([observe], proxy), { log: silent, ...serverOptions });
  const listener = await server.listen({ host: '127.0.0.1', port: 0 }, listenOptions);
  cleanUps.push(async () => {
    proxy.close();
    await server.close({ timeoutMs: 1 });
  });
  return { url: `http://${listener.name}`, port: (listener.address as { port: number }).port, outcomes, server };
}

/** The headers as an upstream received them. */
export const echo: http.RequestListener = (request, response) => {
  response.end(
    JSON.stringify({ method: request.method, url: request.url, headers: request.headers, raw: request.rawHeaders }),
  );
};

export interface Seen {
  method: string;
  url: string;
  headers: Record<string, string>;
  raw: string[];
}

export async function ask(
  url: string,
  init: http.RequestOptions & { body?: string } = {},
): Promise<{ status: number; headers: http.IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { agent: false, ...init }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(init.body);
  });
}

export const seen = async (url: string, init?: Parameters<typeof ask>[1]): Promise<Seen> =>
  JSON.parse((await ask(url, init)).text) as Seen;

/** Sends bytes, then more after an answer, and reads until the close or until `isEnough`. */
export function converse(
  port: number,
  first: string,
  then?: string,
  isEnough: (text: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(first));
    let text = '';
    let hasAnswered = false;
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (!hasAnswered && then !== undefined) socket.write(then);
      hasAnswered = true;
      if (isEnough(text)) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
}
