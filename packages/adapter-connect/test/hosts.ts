import { createServer as createNodeServer, request as nodeRequest, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from '@windhover/server';
import { type ConnectListener, fromConnect } from '../src/index.ts';

/** What a client got. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** The same, with what came after its body. */
export type AnswerWithTrailers = Answer & { readonly trailers: NodeJS.Dict<string> };

/** A running server. */
export interface Host {
  readonly port: number;
  ask(options: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

/** What a client asks. */
export interface AskOptions {
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The application on a Windhover server. */
export async function onWindhover(
  listener: ConnectListener,
  options: Parameters<Server['listen']>[1] = {},
): Promise<Host> {
  const server = createServer(fromConnect(listener, { log: quiet }), { log: quiet });
  const { name } = await server.listen({ host: '127.0.0.1', port: 0 }, options);
  const port = Number(name.split(':').at(-1));
  return {
    port,
    ask: (options) => ask(port, options),
    close: () => server.close({ drainIdleMs: 0, timeoutMs: 0 }),
  };
}

/** The same on `node:http`. */
export async function onNode(listener: ConnectListener): Promise<Host> {
  const server = createNodeServer(listener as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port, ask: (options) => ask(port, options), close };
}

/** Asks on a connection of its own. */
export function ask(
  port: number,
  { method = 'GET', path, headers = {}, body }: AskOptions,
): Promise<AnswerWithTrailers> {
  return new Promise((resolve, reject) => {
    const request = nodeRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { date, connection, 'keep-alive': keepAlive, ...rest } = response.headers;
        const text = Buffer.concat(chunks).toString('latin1');
        resolve({ status: response.statusCode!, headers: rest, body: text, trailers: response.trailers });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
