import type { Connection, Middleware } from '@windhover/core';
import { connectionClosed, connectionOpened } from './diagnostics.ts';

/** Every connection of a server, from the moment it is accepted. */
export class OpenConnections {
  /** Those that are served, tunnels included. */
  readonly served: Set<Connection> = new Set();
  /** Those that shake hands, or that a middleware works on. By the number of the connection, which TLS keeps. */
  readonly arriving: Map<number, Connection> = new Map();
  private whenEmpty: () => void = () => undefined;

  get count(): number {
    return this.served.size + this.arriving.size;
  }

  /** The first middleware of a listener whose connections are not served at once. */
  readonly arrive: Middleware<Connection> = (connection, next) => {
    this.arriving.set(connection.info.id, connection);
    connection.onClosed(() => {
      this.arriving.delete(connection.info.id);
      this.oneLess();
    });
    return next(connection);
  };

  add(connection: Connection): void {
    const { info } = connection;
    this.served.add(connection);
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

  /** Resolves when the last one is gone. */
  async emptied(): Promise<void> {
    if (this.count > 0) await new Promise<void>((resolve) => (this.whenEmpty = resolve));
  }

  private oneLess(): void {
    if (this.count === 0) this.whenEmpty();
  }
}
