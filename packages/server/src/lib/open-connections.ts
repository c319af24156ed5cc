import type { Connection, Middleware } from '@windhover/core';
import { connectionClosed, connectionOpened } from './diagnostics.ts';

/** Every connection of a server, from the moment it is accepted. */
export class OpenConnections {
  /** Connections that are served, including tunnels, and when they were accepted, in milliseconds since the epoch. */
  readonly served: Map<Connection, number> = new Map();
  /** Connections in a TLS handshake or in a middleware, by their id, which TLS does not change. */
  readonly arriving: Map<number, { readonly connection: Connection; readonly openedAt: number }> = new Map();
  private readonly wheel: { readonly now: number };
  private whenEmpty: () => void = () => undefined;

  constructor(wheel: { readonly now: number }) {
    this.wheel = wheel;
  }

  get count(): number {
    return this.served.size + this.arriving.size;
  }

  /** The first middleware of a listener whose connections are not served immediately. */
  readonly arrive: Middleware<Connection> = (connection, next) => {
    this.arriving.set(connection.info.id, { connection, openedAt: this.wheel.now });
    connection.onClosed(() => {
      this.arriving.delete(connection.info.id);
      this.oneLess();
    });
    return next(connection);
  };

  add(connection: Connection): void {
    const { info } = connection;
    this.served.set(connection, this.arriving.get(info.id)?.openedAt ?? this.wheel.now);
    this.arriving.delete(info.id);
    if (connectionOpened.hasSubscribers) connectionOpened.publish({ connection: info });
    connection.onClosed((error) => {
      this.served.delete(connection);
      if (connectionClosed.hasSubscribers) {
        connectionClosed.publish(error === undefined ? { connection: info } : { connection: info, error });
      }
      this.oneLess();
    });
  }

  /** Resolves when the last connection is gone. */
  async emptied(): Promise<void> {
    if (this.count > 0) await new Promise<void>((resolve) => (this.whenEmpty = resolve));
  }

  private oneLess(): void {
    if (this.count === 0) this.whenEmpty();
  }
}
