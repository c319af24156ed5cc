import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { HttpError, HttpHeaders, HttpRequest } from '@windhover/core';
import { optionError } from './errors.ts';
import { SocketChannel } from './socket-channel.ts';
import { messageOf, SocketAcceptor, statusOf, type WebSocketListener } from './web-socket.ts';
import type { WebSocketConnection } from './websocket-connection.ts';
import type { WebSocketOptions } from './websocket-options.ts';

/** Options of `attachWebSocket`. */
export interface AttachWebSocketOptions extends WebSocketOptions {
  /** The only path at which connections are made, as in a request: `/live`. Default: every path. */
  readonly path?: string;
}

/** WebSocket on a server of `node:http`. */
export interface AttachedWebSocket {
  /** The open connections. */
  readonly sockets: ReadonlySet<WebSocketConnection>;
  /**
   * Sends every connection a close frame and refuses new ones. Resolves when all are closed. Call it before
   * `server.close()`, which does not know about them.
   *
   * @param code default: 1001, the server goes away
   */
  close(code?: number, reason?: string): Promise<void>;
}

/**
 * Makes WebSocket connections on a server of `node:http` or `node:https`, and so beside an Express, Fastify or Hono
 * application. Requests for another path are left to other listeners for `upgrade`, or refused with 404 if there are
 * none. Throws `WEBSOCKET_OPTION_INVALID`.
 */
export function attachWebSocket(
  server: Server,
  listener: WebSocketListener,
  options: AttachWebSocketOptions = {},
): AttachedWebSocket {
  if (typeof (server as Partial<Server> | null)?.listenerCount !== 'function')
    throw optionError('attachWebSocket(): expected a server of node:http first');
  if (typeof options !== 'object' || options === null)
    throw optionError('attachWebSocket(): expected an object with options third');
  const { path, ...others } = options;
  if (path !== undefined && (typeof path !== 'string' || !path.startsWith('/')))
    throw optionError(`attachWebSocket(): path: expected a path that begins with /, found ${JSON.stringify(path)}`);
  const acceptor = new SocketAcceptor(listener, others, 'attachWebSocket()');
  const attached = pathsOf(server);
  const own = { path };
  attached.push(own);
  server.on('upgrade', (message: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => undefined); // the client may be gone before the answer
    const asked = message.url?.split('?', 1)[0];
    const isFor = (one: Attachment): boolean => one.path === undefined || one.path === asked;
    if (!isFor(own)) {
      const isOfOthers = attached.some(isFor) || server.listenerCount('upgrade') > attached.length;
      if (!isOfOthers && attached[0] === own) refuse(stream, 404, 'No WebSocket at this path\n', []);
      return;
    }
    try {
      shakeHands(acceptor, toRequest(message), stream, head);
    } catch (error) {
      // Thrown by an option that is a function, or for an invalid target or host. It must not end the process.
      if (!HttpError.is(error)) acceptor.log.error('A WebSocket handshake failed', { path: asked, error });
      const [status, text] = HttpError.is(error) ? [error.status, error.message] : [500, 'Internal Server Error'];
      refuse(stream, status, `${text}\n`, []);
    }
  });
  return { sockets: acceptor.keeper.sockets, close: (code, reason) => acceptor.close(code, reason) };
}

/** One use of `attachWebSocket`. */
interface Attachment {
  readonly path: string | undefined;
}

const attachments = new WeakMap<Server, Attachment[]>();

/** The attachments of a server: the first one refuses paths that none of them has. */
function pathsOf(server: Server): Attachment[] {
  let list = attachments.get(server);
  if (list === undefined) {
    list = [];
    attachments.set(server, list);
  }
  return list;
}

function shakeHands(acceptor: SocketAcceptor, request: HttpRequest, stream: Duplex, head: Buffer): void {
  const decision = acceptor.decide(request, { host: request.host, hostPort: request.port });
  const fields = acceptor.answerFields(decision);
  if (!decision.isAccepted) {
    refuse(stream, statusOf(decision), messageOf(decision), fields);
    return;
  }
  const all: [string, string][] = [['Connection', 'Upgrade'], ['Upgrade', 'websocket'], ...fields];
  stream.write(`HTTP/1.1 101 Switching Protocols\r\n${lines(all)}\r\n`, 'latin1');
  if ('setNoDelay' in stream) (stream as unknown as { setNoDelay(): void }).setNoDelay();
  if ('setTimeout' in stream) (stream as unknown as { setTimeout(ms: number): void }).setTimeout(0);
  if (head.length > 0) stream.unshift(head);
  acceptor.open(new SocketChannel(stream), decision, request);
}

function refuse(stream: Duplex, status: number, text: string, fields: readonly [string, string][]): void {
  const all: [string, string][] = [
    ['Connection', 'close'],
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Length', String(Buffer.byteLength(text))],
    ...fields,
  ];
  const reason =
    {
      400: 'Bad Request',
      403: 'Forbidden',
      404: 'Not Found',
      426: 'Upgrade Required',
      500: 'Internal Server Error',
      503: 'Service Unavailable',
    }[status] ?? 'Error';
  // `node:http` has let go of the socket, so nothing else would ever close it.
  stream.once('finish', () => void stream.destroy()).end(`HTTP/1.1 ${status} ${reason}\r\n${lines(all)}\r\n${text}`);
}

function lines(fields: readonly (readonly [string, string])[]): string {
  return fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
}

/** The request of a Node server, as the decision needs it. */
function toRequest(message: IncomingMessage): HttpRequest {
  const headers = new HttpHeaders();
  const { rawHeaders } = message;
  for (let index = 0; index < rawHeaders.length; index += 2) headers.append(rawHeaders[index]!, rawHeaders[index + 1]!);
  return new HttpRequest({
    method: message.method!,
    target: message.url!,
    httpVersion: '1.1',
    scheme: 'encrypted' in message.socket ? 'https' : 'http',
    headers,
    host: message.headers.host,
    body: null,
    upgrade: message.headers.upgrade ?? null,
  });
}
