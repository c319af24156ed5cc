import type { Connection, Middleware } from '@windhover/core';
import type { Tls } from '@windhover/transport';

/** The TLS side of an open listener. The next handshake uses what `current` is then; open connections are not affected. */
export class ExchangeableTls implements Tls {
  current: Tls;
  readonly driver: Tls['driver'];
  readonly alpnProtocols: readonly string[];
  readonly middleware: Middleware<Connection>;

  constructor(current: Tls) {
    this.current = current;
    this.driver = current.driver;
    this.alpnProtocols = current.alpnProtocols;
    this.middleware = (connection, next) => this.current.middleware(connection, next);
  }

  reload(): Promise<void> {
    return this.current.reload();
  }
}
