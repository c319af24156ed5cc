import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from '@windhover/server';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { attachWebSocket, type WebSocketListener, type WebSocketOptions, webSocket } from '../src/index.ts';

/** The two kinds of server that connections are made on. */
export const hosts = ['our server', 'node:http'] as const;

export interface Running {
  readonly url: string;
  readonly port: number;
  readonly handler: Pick<ReturnType<typeof webSocket>, 'sockets' | 'close'>;
}

/** Runs a listener on a server of that kind until the test ends. */
export async function serve(
  host: (typeof hosts)[number],
  listener: WebSocketListener,
  options: WebSocketOptions = {},
): Promise<Running> {
  if (host === 'our server') {
    const handler = webSocket(listener, options);
    const server = createServer(handler);
    onTestFinished(() => server.close({ timeoutMs: 0 }));
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    return { url: `ws://127.0.0.1:${port}/`, port: port!, handler };
  }
  const server = http.createServer((_request, response) => void response.writeHead(404).end());
  const handler = attachWebSocket(server, listener, options);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const socket of handler.sockets) socket.terminate();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${port}/`, port, handler };
}

/** Connects the client of `ws`. */
export async function connectWs(url: string, protocols: string[] = [], options = {}): Promise<WebSocket> {
  const client = new WebSocket(url, protocols, options);
  onTestFinished(() => client.terminate());
  await once(client, 'open');
  return client;
}

/** Resolves with the next messages of a `ws` client. */
export function messages(client: WebSocket, count: number): Promise<(string | Buffer)[]> {
  const list: (string | Buffer)[] = [];
  return new Promise((resolve) => {
    client.on('message', (data: Buffer, isBinary: boolean) => {
      list.push(isBinary ? data : data.toString());
      if (list.length === count) resolve(list);
    });
  });
}

/** Resolves with the code and the reason of the close of a `ws` client. */
export async function closeOf(client: WebSocket): Promise<[code: number, reason: string]> {
  const [code, reason] = (await once(client, 'close')) as [number, Buffer];
  return [code, reason.toString()];
}
