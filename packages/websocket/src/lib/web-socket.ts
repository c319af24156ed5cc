import type { Channel, Handler, HttpContext, HttpRequest, Logger } from '@windhover/core';
import { asksForWebSocket } from './asks-for-web-socket.ts';
import { decideHandshake, type HandshakeDecision } from './decide-handshake.ts';
import { optionError, websocketErrors } from './errors.ts';
import { MessageCodec } from './message-codec.ts';
import { Socket } from './socket.ts';
import { SocketKeeper } from './socket-keeper.ts';
import type { WebSocketConnection } from './websocket-connection.ts';
import { type ResolvedWebSocketOptions, resolveOptions, type WebSocketOptions } from './websocket-options.ts';

/** Called for each connection. Its promise may last as long as the connection. If it fails, the connection is closed with 1011. */
export type WebSocketListener = (socket: WebSocketConnection, request: HttpRequest) => void | Promise<void>;

/** A handler, and a middleware, that makes WebSocket connections. */
export interface WebSocketHandler {
  (context: HttpContext, next?: Handler<HttpContext>): void | Promise<void>;
  /** The open connections, for instance for `broadcast`. */
  readonly sockets: ReadonlySet<WebSocketConnection>;
  /**
   * Sends every connection a close frame and refuses new ones. Resolves when all are closed.
   *
   * @param code default: 1001, the server goes away (RFC 6455 §7.4.1)
   */
  close(code?: number, reason?: string): Promise<void>;
}

/**
 * Makes a handler for WebSocket connections (RFC 6455): checks the handshake, the origin, and agrees on subprotocol and
 * compression, then calls `listener`. Other requests go to `next`; as a last handler it answers them with 426. Throws
 * `WEBSOCKET_OPTION_INVALID`.
 */
export function webSocket(listener: WebSocketListener, options: WebSocketOptions = {}): WebSocketHandler {
  const acceptor = new SocketAcceptor(listener, options, 'webSocket()');
  function handler(context: HttpContext, next?: Handler<HttpContext>): void | Promise<void> {
    const { request, response, client } = context;
    if (next !== undefined && !asksForWebSocket(request.upgrade)) return next(context);
    const decision = acceptor.decide(request, client);
    for (const [name, value] of acceptor.answerFields(decision)) response.headers.set(name, value);
    if (decision.isAccepted) {
      response.upgrade = (connection) => {
        const socket = acceptor.open(connection, decision, request);
        connection.onStopping = () => socket.close(1001);
      };
      return undefined;
    }
    response.status = statusOf(decision);
    response.headers.set('Content-Type', 'text/plain; charset=utf-8');
    response.body = messageOf(decision);
    return undefined;
  }
  return Object.assign(handler, {
    sockets: acceptor.keeper.sockets,
    close: (code?: number, reason?: string) => acceptor.close(code, reason),
  });
}

/** The part that every kind of server needs: decides on handshakes, and opens connections on the channels they leave. */
export class SocketAcceptor {
  readonly keeper: SocketKeeper<Socket>;
  private readonly listener: WebSocketListener;
  private readonly options: ResolvedWebSocketOptions;
  private isClosed = false;
  private isOriginTold = false;

  constructor(listener: WebSocketListener, options: WebSocketOptions, of: string) {
    if (typeof listener !== 'function') throw optionError(`${of}: expected a function (socket, request)`);
    this.options = resolveOptions(options, of);
    this.listener = listener;
    this.keeper = new SocketKeeper(this.options.clock);
  }

  get log(): Logger {
    return this.options.log;
  }

  decide(request: HttpRequest, client: Pick<HttpContext['client'], 'host' | 'hostPort'>): HandshakeDecision {
    if (this.isClosed) return { isAccepted: false, code: 'WEBSOCKET_STOPPED', detail: '' };
    const decision = decideHandshake(request, this.options, client);
    if (!decision.isAccepted && decision.code === 'WEBSOCKET_ORIGIN_REFUSED') this.tellOfOrigin(decision.detail);
    return decision;
  }

  /** Says once why pages cannot connect: browsers do not show them the answer. */
  private tellOfOrigin(origin: string): void {
    if (this.isOriginTold) return;
    this.isOriginTold = true;
    this.options.log.warn('A page of another origin may not connect; name it in `origins` if it should', { origin });
  }

  /** Returns the fields of the answer, beside `Connection` and `Upgrade`. */
  answerFields(decision: HandshakeDecision): [name: string, value: string][] {
    if (!decision.isAccepted) {
      if (statusOf(decision) !== 426) return [];
      return [
        ['Upgrade', 'websocket'],
        ['Sec-WebSocket-Version', '13'],
      ];
    }
    const fields: [string, string][] = [['Sec-WebSocket-Accept', decision.accept]];
    if (decision.protocol !== '') fields.push(['Sec-WebSocket-Protocol', decision.protocol]);
    if (decision.deflate !== null) fields.push(['Sec-WebSocket-Extensions', decision.deflate.answer]);
    return fields;
  }

  /** Opens a connection on the channel that an accepted handshake has left. */
  open(channel: Channel, decision: HandshakeDecision & { readonly isAccepted: true }, request: HttpRequest): Socket {
    const { options, keeper } = this;
    const { deflate, protocol } = decision;
    const level = options.deflate?.level ?? 0;
    const socket = new Socket(channel, {
      role: 'server',
      limits: options,
      protocol,
      extensions: deflate?.answer ?? '',
      codec: deflate === null ? null : new MessageCodec(deflate, level, options.maxMessageBytes),
      thresholdBytes: options.deflate?.thresholdBytes ?? 0,
      log: options.log,
      keeper,
    });
    if (this.isClosed) {
      socket.close(1001); // it was closed between the handshake and now
      return socket;
    }
    try {
      const pending: unknown = this.listener(socket, request);
      if (typeof (pending as Promise<void> | undefined)?.then === 'function')
        (pending as Promise<void>).then(undefined, (error) => this.listenerFailed(socket, error));
    } catch (error) {
      this.listenerFailed(socket, error);
    }
    return socket;
  }

  async close(code = 1001, reason = ''): Promise<void> {
    this.isClosed = true;
    for (const socket of this.keeper.sockets) socket.close(code, reason);
    await this.keeper.emptied();
  }

  private listenerFailed(socket: Socket, error: unknown): void {
    this.options.log.error('The listener of a WebSocket connection failed', { error });
    socket.close(1011);
  }
}

/** The status that refuses a handshake. */
export function statusOf(decision: HandshakeDecision & { readonly isAccepted: false }): number {
  return (websocketErrors[decision.code] as { status?: number }).status ?? 400;
}

/** The text that refuses a handshake. */
export function messageOf({ code, detail }: HandshakeDecision & { readonly isAccepted: false }): string {
  const { message } = websocketErrors[code];
  return `${message}${detail === '' ? '' : `: ${detail}`}\n`;
}
