import type { ConnectionInfo } from './channel.ts';
import type { ContextKey } from './context-key.ts';
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

/** What a context needs of the engine that runs it. */
export interface Exchange {
  /** Sends an interim response (1xx) now. */
  inform(status: number, headers: HeaderInit): void;
}

/** One request and its response on their way through the pipeline. */
export class HttpContext {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly connection: ConnectionInfo;
  /** Template of the matched route, `/users/:id` for instance: the only label that metrics may use. */
  route = '';
  private readonly exchange: Exchange;
  private identity: ClientIdentity | null = null;
  private abortController: AbortController | null = null;
  private abortReason: Error | null = null;
  private abortListeners: ((reason: Error) => void)[] | null = null;
  private headListeners: ((response: HttpResponse) => void)[] | null = null;
  private sentListeners: ((outcome: Outcome) => void)[] | null = null;
  private outcome: Outcome | null = null;
  private values: Map<symbol, unknown> | null = null;

  constructor(request: HttpRequest, connection: ConnectionInfo, exchange: Exchange, response = new HttpResponse()) {
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

  /** Aborts only if the exchange ends before its response is sent. Made on first use. */
  get signal(): AbortSignal {
    if (this.abortController === null) {
      this.abortController = new AbortController();
      if (this.abortReason !== null) this.abortController.abort(this.abortReason);
    }
    return this.abortController.signal;
  }

  /** What `signal` tells, without the price of one: for code that every request runs. At once when it has ended already. */
  onAbort(listener: (reason: Error) => void): void {
    if (this.abortReason === null) this.abortListeners = [...(this.abortListeners ?? []), listener];
    else listener(this.abortReason);
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
    (this.headListeners ??= []).push(listener);
  }

  /** Runs exactly once, however the exchange ended; at once when it is over already. */
  onSent(listener: (outcome: Outcome) => void): void {
    if (this.outcome !== null) listener(this.outcome);
    else (this.sentListeners ??= []).push(listener);
  }

  get<T>(key: ContextKey<T>): T | undefined {
    return this.values?.get(key) as T | undefined;
  }

  set<T>(key: ContextKey<T>, value: T): void {
    (this.values ??= new Map()).set(key, value);
  }

  /** For engines: whether anybody waits for `emitSent`. */
  get hasSentListeners(): boolean {
    return this.sentListeners !== null;
  }

  /** For engines: the head is decided, ask everybody for a last word. Throws what the first failed listener threw, after all have run. */
  emitHead(): void {
    const listeners = this.headListeners;
    if (listeners === null) return;
    this.headListeners = null;
    let failure: { readonly error: unknown } | null = null;
    for (let index = listeners.length - 1; index >= 0; index--) {
      try {
        listeners[index]!(this.response);
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure !== null) throw failure.error;
  }

  /** For engines: the exchange is over. Every listener runs; their failures go to `onError`. */
  emitSent(outcome: Outcome, onError: (error: unknown) => void): void {
    this.outcome = outcome;
    tellAll(this.sentListeners, outcome, onError);
    this.sentListeners = null;
  }

  /** For engines: the exchange ended early. Every listener runs if there is an `onError` for their failures. */
  abort(reason: Error, onError?: (error: unknown) => void): void {
    if (this.abortReason !== null) return;
    this.abortReason = reason;
    this.abortController?.abort(reason);
    tellAll(this.abortListeners, reason, onError);
  }
}

function tellAll<T>(listeners: ((value: T) => void)[] | null, value: T, onError?: (error: unknown) => void): void {
  for (const listener of listeners ?? []) {
    try {
      (listener(value) as void | Promise<void>)?.then?.(undefined, onError); // an async one fails later
    } catch (error) {
      if (onError === undefined) throw error;
      onError(error);
    }
  }
}
