import { EventEmitter } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createHttpClient, type HttpClient } from '@windhover/http-client';
import { checkServerOptions } from './check-options.ts';
import type { ErrorCallback } from './error-callback.ts';
import type { ProxyHost } from './proxy-host.ts';
import type { ServerOptions } from './server-options.ts';
import { Targets } from './targets.ts';
import { passWeb } from './web.ts';
import { passWs } from './ws.ts';

/**
 * A proxy with the methods and events of `http-proxy`: `start`, `proxyReq`, `proxyRes`, `end`, `error`, `econnreset`,
 * `proxyReqWs`, `open` and `close`.
 */
export class ProxyServer extends EventEmitter implements ProxyHost {
  readonly options: ServerOptions;
  /** Its connections to targets. */
  readonly client: HttpClient;
  /** @internal */
  readonly targets: Targets = new Targets();
  private server: http.Server | null = null;

  /**
   * Throws `HTTP_PROXY_OPTION_INVALID`, `HTTP_PROXY_OPTION_UNSUPPORTED` or `HTTP_PROXY_TARGET_INVALID`. `null` is no
   * options, as for `http-proxy`.
   */
  constructor(options: ServerOptions | null = null) {
    super();
    this.options = options ?? {};
    checkServerOptions(this.options, this.targets);
    const { proxyTimeout } = this.options;
    // Node's own limit for a silent target: a proxy for long polls sets `proxyTimeout`.
    this.client = createHttpClient({ headTimeoutMs: proxyTimeout === undefined ? 120_000 : proxyTimeout || null });
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

/**
 * Creates a proxy. Nothing listens until `listen()`. Throws `HTTP_PROXY_OPTION_INVALID`,
 * `HTTP_PROXY_OPTION_UNSUPPORTED` or `HTTP_PROXY_TARGET_INVALID`.
 */
export function createProxyServer(options: ServerOptions | null = null): ProxyServer {
  return new ProxyServer(options);
}
