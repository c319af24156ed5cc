import { type Connection, isPushBody, RequestBody } from '@windhover/core';
import { connect, connectSecure, type TimerWheel, TransportError } from '@windhover/transport';
import { type CallListener, ClientConnection, type ConnectionOwner } from './client-connection.ts';
import type { ClientCall, ClientRequest, ClientResponse, ResolvedClientOptions } from './client-types.ts';
import { ClientError } from './errors.ts';
import { isIdempotent } from './is-idempotent.ts';
import type { Origin } from './origin.ts';

/**
 * The connections to one upstream. The most recently used one is used next, because it is the least likely to have been
 * closed.
 */
export class OriginPool implements ConnectionOwner {
  readonly origin: Origin;
  readonly options: ResolvedClientOptions;
  readonly wheel: TimerWheel;
  private readonly unused: ClientConnection[] = [];
  private readonly all = new Set<ClientConnection>();
  private isClosed = false;

  constructor(origin: Origin, options: ResolvedClientOptions, wheel: TimerWheel) {
    this.origin = origin;
    this.options = options;
    this.wheel = wheel;
  }

  request(request: ClientRequest): ClientCall {
    const attempt = new Attempt(this, request);
    attempt.begin();
    return attempt;
  }

  /** Takes an unused connection that began with these bytes out of the pool, if there is one. */
  takeIdle(preamble: string | undefined): ClientConnection | undefined {
    if (this.isClosed) return undefined;
    const { unused } = this;
    if (unused.length === 0 || unused[unused.length - 1]!.preamble === preamble) return unused.pop();
    const index = unused.findLastIndex((each) => each.preamble === preamble);
    return index < 0 ? undefined : unused.splice(index, 1)[0];
  }

  async open(signal: AbortSignal, preamble: string | undefined): Promise<ClientConnection> {
    if (this.isClosed) throw new ClientError('CLIENT_CLOSED', this.origin.key);
    let channel: Connection;
    try {
      const { address, tls } = this.origin;
      const asked = { timeoutMs: this.options.connectTimeoutMs, signal };
      const options = preamble === undefined ? asked : { ...asked, preamble };
      channel = await (tls === null ? connect(address, options) : connectSecure(address, tls, options));
    } catch (error) {
      throw connectFailure(this.origin.key, error);
    }
    if (this.isClosed || signal.aborted) {
      channel.destroy();
      throw new ClientError('CLIENT_CLOSED', this.origin.key);
    }
    const connection = new ClientConnection(channel, this, preamble);
    this.all.add(connection);
    return connection;
  }

  idle(connection: ClientConnection): void {
    const isFull = this.unused.length >= this.options.maxIdlePerOrigin;
    // Those that belong to one client are of no use to others, so the oldest one goes.
    const oldest = isFull && connection.preamble !== undefined ? this.unused[0] : undefined;
    oldest?.retire();
    if (this.isClosed || (isFull && oldest === undefined)) connection.retire();
    else this.unused.push(connection);
  }

  gone(connection: ClientConnection): void {
    this.all.delete(connection);
    const index = this.unused.lastIndexOf(connection);
    if (index >= 0) this.unused.splice(index, 1);
  }

  close(): void {
    this.isClosed = true;
    for (const connection of [...this.all]) connection.destroy();
  }
}

function connectFailure(key: string, error: unknown): ClientError {
  const code = TransportError.is(error) ? error.code : null;
  if (code === 'TRANSPORT_TLS_HANDSHAKE_FAILED')
    return new ClientError('CLIENT_TLS_FAILED', (error as Error).message, error);
  const { cause = error } = error as Error;
  const why = code === 'TRANSPORT_CONNECT_TIMEOUT' ? 'CLIENT_CONNECT_TIMEOUT' : 'CLIENT_CONNECT_FAILED';
  return new ClientError(why, `${key} (${(cause as Error).message})`, error);
}

const ignore = (): void => undefined;

/** One request, on a kept connection first; on a fresh one if that turns out to have been closed meanwhile. */
class Attempt implements ClientCall, CallListener {
  readonly response: Promise<ClientResponse>;
  connectedAt: number | null = null;
  private resolve!: (response: ClientResponse) => void;
  private reject!: (error: ClientError) => void;
  private readonly pool: OriginPool;
  private readonly request: ClientRequest;
  private connection: ClientConnection | null = null;
  private connecting: AbortController | null = null;
  private isOver = false;

  constructor(pool: OriginPool, request: ClientRequest) {
    this.pool = pool;
    this.request = request;
    this.response = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  begin(): void {
    const kept = this.pool.takeIdle(this.request.preamble);
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
    const isSentAgain = this.connection !== null && this.mayRetry(this.connection, error);
    if (isSentAgain) this.connect();
    else this.fail(error);
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
    this.pool.open(connecting.signal, this.request.preamble).then(
      (connection) => {
        this.connecting = null;
        this.connectedAt = this.pool.wheel.now;
        this.send(connection);
      },
      (error: ClientError) => {
        const { aborted, reason } = connecting.signal;
        this.fail(aborted ? new ClientError('CLIENT_ABORTED', (reason as Error).message, reason) : error);
      },
    );
  }

  private send(connection: ClientConnection): void {
    this.connection = connection;
    try {
      connection.send(this.request, this);
    } catch (error) {
      connection.retire();
      this.fail(new ClientError('CLIENT_REQUEST_INVALID', (error as Error).message, error));
    }
  }

  /**
   * RFC 9110 §9.2.2, RFC 9112 §9.3.1: a kept connection may close just as a request goes out. If no byte of an answer
   * arrived, the request is sent again on a fresh connection, unless it may have had an effect or its body is gone.
   */
  private mayRetry(connection: ClientConnection, error: ClientError): boolean {
    if (error.code !== 'CLIENT_CLOSED_EARLY' || connection.calls < 2 || connection.hasAnswered) return false;
    const { method, body = null } = this.request;
    if (!isIdempotent(method)) return false;
    if (body === null || typeof body === 'string' || body instanceof Uint8Array) return true;
    return isPushBody(body) && body instanceof RequestBody && body.rewind();
  }
}
