import type { ConnectionInfo } from './channel.ts';
import type { ContextKey } from './context-key.ts';
import type { Handler } from './handler.ts';
import { coreError } from './http-error.ts';
import type { HeaderInit } from './http-headers.ts';
import type { HttpRequest } from './http-request.ts';
import { HttpResponse } from './http-response.ts';
import type { Outcome } from './outcome.ts';

/** Who the user is, as far as trusted proxies tell. */
export interface ClientIdentity {
  readonly address: string;
  /** `null` when no trusted party told it. */
  readonly port: number | null;
  readonly scheme: 'http' | 'https';
  /** The host the user typed, by the rules of `request.host`. */
  readonly host: string;
  readonly hostPort: number | null;
  /** Why it is believed: `connection`, or which header from which proxy. */
  readonly source: string;
}

/** What a context asks of the exchange that it belongs to: the engine's side, made of `Exchange` of `@windhover/core/engine`. */
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
  /** Template of the matched route, `/users/:id` for instance: the only label that metrics may use. */
  route = '';
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

  /** The connection's own facts until `setClient` was called. */
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

  /** Set once, before anybody decides by it. A second call throws `CORE_CLIENT_ALREADY_SET`. */
  setClient(identity: ClientIdentity): void {
    if (this.identity !== null) throw coreError('CORE_CLIENT_ALREADY_SET', `by ${this.identity.source}`);
    this.identity = identity;
  }

  /** Aborts only if the exchange ends before its response is sent: the client left, or `abort()` was called. Made on first use. */
  get signal(): AbortSignal {
    return this.exchange.signal;
  }

  /** What `signal` tells, without the price of one: for code that every request runs. At once when it has ended already. */
  onAbort(listener: (reason: Error) => void): void {
    this.exchange.onAbort(listener);
  }

  /**
   * Ends the exchange early; anybody may, a deadline for instance. Before the head is decided the reason is the answer, at once: an `HttpError`
   * as it says, anything else a 500. What the handler answers later is let go of. After the head the message is cut. Only the first
   * call counts.
   */
  abort(reason: Error): void {
    this.exchange.abort(reason);
  }

  /**
   * Runs a handler with the same request once more, in an exchange that has an end of its own: for a cache whose answer several wait for, a
   * revalidation in the background, a mirror. Resolves with its context when its head is decided; rejects with what the handler threw.
   * Reading `response.body` to its end, or letting go of it, ends the fork. `onHead`, `onSent` and `signal` of its context are its own: the
   * client may leave. Client, route and values are as they are now. The request body can be read if `bytes()`, `text()` or `json()` has
   * read all of it before.
   */
  fork(handler: Handler<HttpContext>): Promise<HttpContext> {
    return this.exchange.fork(handler);
  }

  /**
   * Sends an interim response now: 103 Early Hints for instance. Nothing happens for an HTTP/1.0 client. Takes any status from 100 to
   * 199, since a proxy passes on those it does not know (RFC 9110 §15.2), but 101: that is `response.upgrade`.
   */
  inform(status: number, headers: HeaderInit): void {
    if (!(Number.isInteger(status) && status >= 100 && status <= 199) || status === 101)
      throw coreError('CORE_INFORM_INVALID', String(status));
    this.exchange.inform(status, headers);
  }

  /**
   * The last word on the headers, on error answers too. Listeners run in reverse order: who wraps most speaks last. When one throws the
   * others run all the same, and the answer becomes a 500.
   */
  onHead(listener: (response: HttpResponse) => void): void {
    this.exchange.onHead(listener);
  }

  /** Runs exactly once, however the exchange ended; at once when it is over already. */
  onSent(listener: (outcome: Outcome) => void): void {
    this.exchange.onSent(listener);
  }

  get<T>(key: ContextKey<T>): T | undefined {
    return this.values?.get(key) as T | undefined;
  }

  set<T>(key: ContextKey<T>, value: T): void {
    (this.values ??= new Map()).set(key, value);
  }

  /** For engines: a context of another exchange, with what this one knows by now. */
  copyFor(exchange: ContextExchange): HttpContext {
    const copy = new HttpContext(this.request.copy(), this.connection, exchange);
    copy.route = this.route;
    copy.identity = this.identity;
    if (this.values !== null) copy.values = new Map(this.values);
    return copy;
  }
}
