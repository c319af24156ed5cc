import type { ConnectionInfo } from './channel.ts';
import type { ContextKey } from './context-key.ts';
import type { Handler } from './handler.ts';
import type { HeaderInit } from './header-init.ts';
import { coreError } from './http-error.ts';
import type { HttpRequest } from './http-request.ts';
import { HttpResponse } from './http-response.ts';
import type { Outcome } from './outcome.ts';

/** Who the client is, as far as the connection and trusted proxies tell. */
export interface ClientIdentity {
  readonly address: string;
  /** `null` if no trusted party reported it. */
  readonly port: number | null;
  readonly scheme: 'http' | 'https';
  /** The host that the user asked for, in the form of `request.host`. */
  readonly host: string;
  readonly hostPort: number | null;
  /** Where the identity comes from: `connection`, or which header from which proxy. */
  readonly source: string;
}

/** The engine's side of a context. Engines implement it by extending `Exchange` from `@windhover/core/engine`. */
export interface ContextExchange {
  readonly signal: AbortSignal;
  abort(reason: Error): void;
  fork(handler: Handler<HttpContext>): Promise<HttpContext>;
  /** Sends an interim response (1xx) now. */
  inform(status: number, headers: HeaderInit): void;
  onAbort(listener: (reason: Error) => void): void;
  onHead(listener: (response: HttpResponse) => void): void;
  onSent(listener: (outcome: Outcome) => void): void;
}

/** One request and its response on their way through the pipeline. */
export class HttpContext {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly connection: ConnectionInfo;
  /** Template of the matched route, for instance `/users/:id`. It is the only label that metrics may use. */
  route = '';
  /** Name of the site that the configuration has chosen; empty outside of a server with sites. */
  site = '';
  private readonly exchange: ContextExchange;
  private identity: ClientIdentity | null = null;
  private values: Map<symbol, unknown> | null = null;

  constructor(
    request: HttpRequest,
    connection: ConnectionInfo,
    exchange: ContextExchange,
    response = new HttpResponse(),
  ) {
    this.request = request;
    this.response = response;
    this.connection = connection;
    this.exchange = exchange;
  }

  /** The client's identity. Until `setClient` is called, it is taken from the connection and the request. */
  get client(): ClientIdentity {
    if (this.identity !== null) return this.identity;
    const { request, connection } = this;
    return {
      address: connection.remoteAddress,
      port: connection.remotePort,
      scheme: request.scheme,
      host: request.host,
      hostPort: request.port,
      source: 'connection',
    };
  }

  /**
   * Sets the client's identity, once, before any code decides by it. A second call throws `CORE_CLIENT_ALREADY_SET`.
   */
  setClient(identity: ClientIdentity): void {
    if (this.identity !== null) throw coreError('CORE_CLIENT_ALREADY_SET', `by ${this.identity.source}`);
    this.identity = identity;
  }

  /**
   * Aborts only if the exchange ends before its response is sent: the client disconnected, or `abort()` was called.
   * Made on first use.
   */
  get signal(): AbortSignal {
    return this.exchange.signal;
  }

  /**
   * Runs `listener` when `signal` would abort, without the cost of a signal: for code that runs on every request. Runs
   * it immediately if the exchange was already aborted.
   */
  onAbort(listener: (reason: Error) => void): void {
    this.exchange.onAbort(listener);
  }

  /**
   * Ends the exchange early; any code may call it, for instance a deadline. Before the head is decided, the reason is
   * answered immediately: an `HttpError` with its status, anything else as a 500. A later answer of the handler is
   * discarded. After the head is decided, the message is cut off. Only the first call counts.
   */
  abort(reason: Error): void {
    this.exchange.abort(reason);
  }

  /**
   * Runs a handler with the same request again, in an exchange of its own: for a cache whose answer several clients
   * wait for, a revalidation in the background, a mirror. Resolves with the new context once its head is decided;
   * rejects with the error that the handler threw. The fork ends when `response.body` is read to its end or cancelled.
   * Its `onHead`, `onSent` and `signal` are its own, so it continues if the client disconnects. It starts with the
   * client, route and values as they are now. It can read the request body if `bytes()`, `text()` or `json()` has read
   * all of it before.
   */
  fork(handler: Handler<HttpContext>): Promise<HttpContext> {
    return this.exchange.fork(handler);
  }

  /**
   * Sends an interim response now, for instance 103 Early Hints. Does nothing for an HTTP/1.0 client. Takes any status
   * from 100 to 199, because a proxy forwards those it does not know (RFC 9110 §15.2), except 101: use
   * `response.upgrade` for that.
   */
  inform(status: number, headers: HeaderInit): void {
    if (!(Number.isInteger(status) && status >= 100 && status <= 199) || status === 101)
      throw coreError('CORE_INFORM_INVALID', String(status));
    this.exchange.inform(status, headers);
  }

  /**
   * Runs `listener` when the answer is decided, before its head is sent, so that it can still change the headers. Error
   * answers are included. Listeners run in reverse order: the outermost middleware runs last. If one throws, the others
   * still run, and the error becomes the answer: a 500 unless it is an `HttpError`.
   */
  onHead(listener: (response: HttpResponse) => void): void {
    this.exchange.onHead(listener);
  }

  /** Runs `listener` exactly once, however the exchange ends; immediately if it is already over. */
  onSent(listener: (outcome: Outcome) => void): void {
    this.exchange.onSent(listener);
  }

  get<T>(key: ContextKey<T>): T | undefined {
    return this.values?.get(key) as T | undefined;
  }

  set<T>(key: ContextKey<T>, value: T): void {
    (this.values ??= new Map()).set(key, value);
  }

  /** For adapters: goes on where another context of the same request was. Values set on either are seen by both. */
  follow(other: HttpContext): void {
    this.values = other.values ??= new Map();
    this.identity = other.identity;
  }

  /** For engines: returns a context for another exchange, with a copy of the request, route, client and values. */
  copyFor(exchange: ContextExchange): HttpContext {
    const copy = new HttpContext(this.request.copy(), this.connection, exchange);
    copy.route = this.route;
    copy.site = this.site;
    copy.identity = this.identity;
    if (this.values !== null) copy.values = new Map(this.values);
    return copy;
  }
}
