import type { Connection, HttpContext } from '@windhover/core';

/**
 * Remembers at which listener each open connection has arrived, by the number of the connection: a TLS handshake makes another
 * `ConnectionInfo`, with the same number.
 */
export class Arrivals {
  private readonly listeners = new Map<number, string>();

  add(connection: Connection, listener: string): void {
    const { id } = connection.info;
    this.listeners.set(id, listener);
    connection.onClosed(() => void this.listeners.delete(id));
  }

  readonly listenerOf = ({ connection }: HttpContext): string | undefined => this.listeners.get(connection.id);
}
