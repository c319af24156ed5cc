import { once } from 'node:events';
import http2, {
  type Http2SecureServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { localhostCertificate } from '@windhover/transport/testing';
import { afterEach } from 'vitest';
import {
  createHttpClient,
  type HttpClient,
  type HttpClientEnvironment,
  type HttpClientOptions,
  type Origin,
  parseOrigin,
} from '../src/index.ts';
import { readBody } from './read-body.ts';

/** What ends with the test. */
export const cleanUps: (() => unknown)[] = [];

/** For the top of a test file: what a test starts ends with it. */
export function useHttp2Upstreams(): void {
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
}

export type Handler = (stream: ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void;

export interface Upstream {
  readonly origin: Origin;
  readonly sessions: ServerHttp2Session[];
}

/** A server of `node:http2`. */
export async function start(
  handler: Handler,
  options: http2.ServerOptions = {},
  tls?: http2.SecureServerOptions,
): Promise<Upstream> {
  const sessions: ServerHttp2Session[] = [];
  const server: Http2Server | Http2SecureServer =
    tls === undefined ? http2.createServer(options) : http2.createSecureServer({ ...options, ...tls });
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    handler(stream, headers);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  if (tls === undefined) return { origin: parseOrigin(`http://127.0.0.1:${port}`, undefined, 'http2'), sessions };
  const origin = parseOrigin(`https://localhost:${port}`, { ca: localhostCertificate.cert }, 'http2');
  return { origin: { ...origin, address: { host: '127.0.0.1', port } }, sessions };
}

export function client(options: HttpClientOptions & HttpClientEnvironment = {}): HttpClient {
  const made = createHttpClient(options);
  cleanUps.push(() => made.close());
  return made;
}

export const hello: Handler = (stream, headers) => {
  stream.respond({ ':status': 200, 'x-path': headers[':path'] });
  stream.end(`hello ${headers['x-name'] ?? ''}`);
};

export async function ask(from: HttpClient, { origin }: Upstream, target = '/'): Promise<string> {
  const { body } = await from.request(origin, { method: 'GET', target }).response;
  return (await readBody(body)).toString();
}
