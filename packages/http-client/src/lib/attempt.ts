import { isPushBody, RequestBody } from '@windhover/core';
import { Http2Error, http2Codes } from '@windhover/http2-codec';
import type { TimerWheel } from '@windhover/transport';
import type { CallListener } from './client-connection.ts';
import type { ClientCall, ClientRequest, ClientResponse } from './client-types.ts';
import { ClientError } from './errors.ts';
import { mayRepeat, type Repeats } from './may-repeat.ts';

/** What carries calls: a connection. */
export interface CallCarrier {
  readonly httpVersion: '1.1' | '2.0';
  /** Calls that were begun on it. */
  readonly calls: number;
  /** Whether a byte of the current answer has come. */
  readonly hasAnswered: boolean;
  /** Whether the upstream has ended it with GOAWAY. */
  readonly hasLeft?: boolean;
  /** Throws when the request cannot be written. */
  send(request: ClientRequest, listener: CallListener): void;
  abort(listener: CallListener, reason: Error): void;
  releaseBody(listener: CallListener): void;
  /** The request could not be written. */
  sendFailed(): void;
}

/** Where calls get their connections. */
export interface CallPool {
  readonly wheel: TimerWheel;
  /** Where requests go that the upstream wants over HTTP/1.1. Default: nowhere, there is one protocol only. */
  readonly ofHttp1?: CallPool;
  /** A kept connection for the request; `undefined` if there is none. */
  takeIdle(request: ClientRequest): CallCarrier | undefined;
  /** Rejects with a `ClientError`; soon, with anything, when `signal` is aborted. */
  open(signal: AbortSignal, request: ClientRequest): Promise<CallCarrier>;
  /** Calls under way fail, later ones too. */
  close(): void;
}

const ignore = (): void => undefined;

/** One request, on a kept connection first; on a fresh one if that turns out to have been closed meanwhile. */
export class Attempt implements ClientCall, CallListener {
  readonly response: Promise<ClientResponse>;
  connectedAt: number | null = null;
  httpVersion: '1.1' | '2.0' | null = null;
  private resolve!: (response: ClientResponse) => void;
  private reject!: (error: ClientError) => void;
  private pool: CallPool;
  private readonly request: ClientRequest;
  private connection: CallCarrier | null = null;
  private connecting: AbortController | null = null;
  private isOver = false;
  private readonly repeats: Repeats = { refused: 0, lost: 0 };

  constructor(pool: CallPool, request: ClientRequest) {
    this.pool = pool;
    this.request = request;
    this.response = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** Begins a call over the connections of a pool. */
  static begin(pool: CallPool, request: ClientRequest): ClientCall {
    const attempt = new Attempt(pool, request);
    attempt.begin();
    return attempt;
  }

  private begin(): void {
    const kept = this.pool.takeIdle(this.request);
    if (kept === undefined) this.connect();
    else this.send(kept);
  }

  abort(reason: Error): void {
    this.connecting?.abort(reason);
    this.connection?.abort(this, reason);
  }

  releaseBody(): void {
    this.connection?.releaseBody(this);
  }

  answered(response: ClientResponse): void {
    this.request.observer?.callAnswered?.(response.status);
    this.resolve(response);
  }

  failed(error: ClientError): boolean {
    const { pool } = this;
    const isSentAgain = this.connection !== null && this.mayRetry(this.connection, error);
    if (!isSentAgain) this.fail(error);
    else if (this.pool === pool) this.connect();
    else this.begin(); // nothing says that the kept connections of another pool are too old
    return isSentAgain;
  }

  /** The call no longer needs the upstream. */
  over(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.request.observer?.callOver();
  }

  private fail(error: ClientError): void {
    this.request.observer?.callFailed?.(error);
    this.over();
    this.response.catch(ignore); // whoever gives a call up may never have looked at it
    this.reject(error);
  }

  private connect(): void {
    const connecting = new AbortController();
    this.connecting = connecting;
    this.pool.open(connecting.signal, this.request).then(
      (connection) => {
        this.connecting = null;
        this.connectedAt = this.pool.wheel.now;
        this.send(connection);
        if (connecting.signal.aborted) connection.abort(this, connecting.signal.reason as Error);
      },
      (error: ClientError) => {
        const { aborted, reason } = connecting.signal;
        this.fail(aborted ? new ClientError('CLIENT_ABORTED', (reason as Error).message, reason) : error);
      },
    );
  }

  private send(connection: CallCarrier): void {
    this.connection = connection;
    this.httpVersion = connection.httpVersion;
    try {
      connection.send(this.request, this);
    } catch (error) {
      connection.sendFailed();
      this.fail(new ClientError('CLIENT_REQUEST_INVALID', (error as Error).message, error));
    }
  }

  /** On a fresh connection, if the upstream allows it and the body is still there. */
  private mayRetry(connection: CallCarrier, error: ClientError): boolean {
    const { method, body = null } = this.request;
    if (!this.turnsToHttp1(error) && !mayRepeat(error, method, connection, this.repeats)) return false;
    if (body === null || typeof body === 'string' || body instanceof Uint8Array) return true;
    return isPushBody(body) && body instanceof RequestBody && body.rewind();
  }

  /** RFC 9113 §7: an upstream may want some requests over HTTP/1.1, as for the logins of Windows. */
  private turnsToHttp1({ cause }: ClientError): boolean {
    const { ofHttp1 } = this.pool;
    if (ofHttp1 === undefined || !Http2Error.is(cause)) return false;
    if (!cause.isPeers || cause.http2Code !== http2Codes.HTTP_1_1_REQUIRED) return false;
    this.pool = ofHttp1;
    return true;
  }
}
