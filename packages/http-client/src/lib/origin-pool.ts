import type { Connection } from '@windhover/core';
import type { TimerWheel } from '@windhover/transport';
import type { CallPool } from './attempt.ts';
import { ClientConnection, type ConnectionOwner } from './client-connection.ts';
import type { ClientRequest, ResolvedClientOptions } from './client-types.ts';
import { connectOrigin } from './connect-origin.ts';
import { ClientError } from './errors.ts';
import type { Origin } from './origin.ts';

/**
 * The connections to one upstream. The most recently used one is used next, because it is the least likely to have been
 * closed.
 */
export class OriginPool implements ConnectionOwner, CallPool {
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

  /** Takes an unused connection that began with these bytes out of the pool, if there is one. */
  takeIdle({ preamble }: ClientRequest): ClientConnection | undefined {
    if (this.isClosed) return undefined;
    const { unused } = this;
    if (unused.length === 0 || unused[unused.length - 1]!.preamble === preamble) return unused.pop();
    const index = unused.findLastIndex((each) => each.preamble === preamble);
    return index < 0 ? undefined : unused.splice(index, 1)[0];
  }

  async open(signal: AbortSignal, { preamble }: ClientRequest): Promise<ClientConnection> {
    if (this.isClosed) throw new ClientError('CLIENT_CLOSED', this.origin.key);
    const channel: Connection = await connectOrigin(this.origin, this.options, signal, preamble);
    if (signal.aborted) {
      channel.destroy();
      throw new ClientError('CLIENT_CLOSED', this.origin.key);
    }
    return this.adopt(channel, preamble);
  }

  /** Takes a new connection into the pool. Throws `CLIENT_CLOSED`. */
  adopt(channel: Connection, preamble: string | undefined): ClientConnection {
    if (this.isClosed) {
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
