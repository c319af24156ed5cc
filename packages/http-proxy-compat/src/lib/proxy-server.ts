import { EventEmitter } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createHttpClient, type HttpClient } from '@windhover/http-client';
import type { ProxyTarget, ServerOptions } from './server-options.ts';
import { passWeb } from './web.ts';
import { passWs } from './ws.ts';

/** Hears of a failure, in place of the event `error`. */
export type ErrorCallback = (
  error: Error,
  request: IncomingMessage,
  response: ServerResponse | Duplex,
  target?: ProxyTarget,
) => void;

/**
 * A proxy with the methods and events of `http-proxy`: `start`, `proxyReq`, `proxyRes`, `end`, `error`, `econnreset`,
 * `proxyReqWs`, `open` and `close`.
 */
export class ProxyServer extends EventEmitter {
  readonly options: ServerOptions;
  /** Its connections to targets. */
  readonly client: HttpClient;
  private server: http.Server | null = null;

  constructor(options: ServerOptions = {}) {
    super();
    this.options = options;
    // Node's own limit for a silent target: a proxy for long polls sets `proxyTimeout`.
    this.client = createHttpClient({ headTimeoutMs: options.proxyTimeout ?? 120_000 });
    this.web = this.web.bind(this);
    this.ws = this.ws.bind(this);
  }

  /** Passes a request on, and its answer back. `options` add to those of the proxy. */
  web(
    request: IncomingMessage,
    response: ServerResponse,
    options?: ServerOptions | ErrorCallback,
    callback?: ErrorCallback,
  ): void {
    const [own, onError] = typeof options === 'function' ? [{}, options] : [options ?? {}, callback];
    passWeb(this, request, response, { ...this.options, ...own }, onError);
  }

  /** Passes a WebSocket on: call it in the event `upgrade` of a server. */
  ws(
    request: IncomingMessage,
    socket: Socket | Duplex,
    head: Buffer,
    options?: ServerOptions | ErrorCallback,
    callback?: ErrorCallback,
  ): void {
    const [own, onError] = typeof options === 'function' ? [{}, options] : [options ?? {}, callback];
    passWs(this, request, socket, head, { ...this.options, ...own }, onError);
  }

  /** Listens with a server of its own, for all requests. */
  listen(port?: number, hostname?: string): this {
    const { ssl, ws } = this.options;
    const listener = (request: IncomingMessage, response: ServerResponse): void => this.web(request, response);
    this.server = ssl === undefined ? http.createServer(listener) : https.createServer(ssl, listener);
    if (ws === true) this.server.on('upgrade', (request, socket, head) => this.ws(request, socket, head));
    this.server.listen(port, hostname);
    return this;
  }

  /** The address that `listen()` got; `null` before the server has it. */
  address(): ReturnType<http.Server['address']> {
    return this.server?.address() ?? null;
  }

  /** Stops listening, and closes connections to targets that nobody uses. */
  close(callback?: (error?: Error) => void): void {
    const { server } = this;
    this.server = null;
    if (server === null) {
      this.client.close();
      callback?.();
      return;
    }
    server.close((error) => {
      this.client.close();
      callback?.(error);
    });
  }
}

/** Creates a proxy. Nothing listens until `listen()`. */
export function createProxyServer(options: ServerOptions = {}): ProxyServer {
  return new ProxyServer(options);
}
