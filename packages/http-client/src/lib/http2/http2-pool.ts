import type { TimerWheel } from '@windhover/transport';
import { Attempt, type CallPool } from '../attempt.ts';
import type { ClientCall, ClientRequest, ResolvedClientOptions } from '../client-types.ts';
import { connectOrigin } from '../connect-origin.ts';
import { ClientError } from '../errors.ts';
import type { Origin } from '../origin.ts';
import { Http2ClientConnection, type Http2ConnectionOwner } from './http2-client-connection.ts';

/**
 * The connections to an upstream that speaks HTTP/2. Calls share one, and the next one is opened when the upstream takes
 * no more on it, or goes away.
 */
export class Http2Pool implements Http2ConnectionOwner, CallPool {
  readonly origin: Origin;
  readonly options: ResolvedClientOptions;
  readonly wheel: TimerWheel;
  private readonly connections: Http2ClientConnection[] = [];
  private readonly all = new Set<Http2ClientConnection>();
  private opening: Promise<Http2ClientConnection> | null = null;
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

  /** A connection with a place for one more call, which is promised to it. */
  takeIdle(): Http2ClientConnection | undefined {
    return this.connections.find((connection) => connection.promise());
  }

  /** Waits for a connection with a place. Calls that come meanwhile wait for the same one. */
  async open(signal: AbortSignal): Promise<Http2ClientConnection> {
    for (;;) {
      if (this.isClosed || signal.aborted) throw new ClientError('CLIENT_CLOSED', this.origin.key);
      const free = this.takeIdle();
      if (free !== undefined) return free;
      this.opening ??= this.connect();
      await this.opening;
    }
  }

  gone(connection: Http2ClientConnection): void {
    const index = this.connections.indexOf(connection);
    if (index >= 0) this.connections.splice(index, 1);
  }

  close(): void {
    this.isClosed = true;
    for (const connection of [...this.all]) connection.destroy();
  }

  private async connect(): Promise<Http2ClientConnection> {
    try {
      const channel = await connectOrigin(this.origin, this.options, undefined, undefined);
      const connection = new Http2ClientConnection(channel, this);
      if (this.isClosed) connection.destroy();
      this.connections.push(connection);
      this.all.add(connection);
      channel.onClosed(() => this.all.delete(connection));
      return connection;
    } finally {
      this.opening = null;
    }
  }
}
