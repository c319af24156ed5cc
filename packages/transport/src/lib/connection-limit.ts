import { type Connection, type ConnectionInfo, type Middleware, ownString } from '@windhover/core';
import { anyFunction, checkOptions, orNull, type Rules, wholeNumber } from '@windhover/options';
import { addressKey } from './address-key.ts';
import { TransportError } from './errors.ts';
import { runCallback } from './run-callback.ts';

/** How many connections there may be. */
export interface ConnectionLimitOptions {
  /**
   * At the same time, over all listeners that use the limit. Default: `null`, as many as come, which is Kestrel's: how many the machine
   * can bear, only its owner knows. The system has a limit of its own, that of open files.
   */
  readonly maxConnections?: number | null;
  /**
   * At the same time from one IPv4 address, or one IPv6 /64. Default: `null`, as many as come: behind one address there may be a
   * whole company, or a proxy. Unix sockets have no address and count in the total alone.
   */
  readonly maxConnectionsPerAddress?: number | null;
  /** Hears of connections that were one too many, and of which limit. Default: nobody. */
  readonly onRefused?: (info: ConnectionInfo, limit: 'total' | 'address') => void;
}

/** A count that listeners share. */
export interface ConnectionLimit {
  /** Closes a connection at once that is one too many: no handshake, no answer. Place it first. */
  readonly middleware: Middleware<Connection>;
  /** Open now. */
  readonly connections: number;
  /** Addresses with open connections: not more than `connections`. */
  readonly addresses: number;
  /** Refused since the beginning. */
  readonly refused: number;
  /** Open now from the address, or the /64 it is in. */
  connectionsFrom(address: string): number;
}

const optionRules: Rules<ConnectionLimitOptions> = {
  maxConnections: orNull(wholeNumber(1)),
  maxConnectionsPerAddress: orNull(wholeNumber(1)),
  onRefused: anyFunction,
};

/** Makes a limit. Throws `TRANSPORT_BAD_LIMIT` for a number that is none, and for a name that means nothing. */
export function createConnectionLimit(options: ConnectionLimitOptions = {}): ConnectionLimit {
  return new Limit(options);
}

class Limit implements ConnectionLimit {
  connections = 0;
  refused = 0;
  private readonly maxConnections: number;
  private readonly maxPerAddress: number;
  private readonly onRefused: ConnectionLimitOptions['onRefused'];
  /** Holds an address only while it has connections. */
  private readonly counts = new Map<string, number>();

  constructor(options: ConnectionLimitOptions) {
    checkOptions(options, optionRules, (what) => new TransportError('TRANSPORT_BAD_LIMIT', what));
    this.maxConnections = options.maxConnections ?? Number.POSITIVE_INFINITY;
    this.maxPerAddress = options.maxConnectionsPerAddress ?? Number.POSITIVE_INFINITY;
    this.onRefused = options.onRefused;
  }

  get addresses(): number {
    return this.counts.size;
  }

  connectionsFrom(address: string): number {
    return this.counts.get(addressKey(address) ?? '') ?? 0;
  }

  readonly middleware: Middleware<Connection> = (connection, next) => {
    const key = addressKey(connection.info.remoteAddress);
    const ofAddress = key === null ? 0 : (this.counts.get(key) ?? 0);
    if (this.connections >= this.maxConnections) return this.refuse(connection, 'total');
    if (ofAddress >= this.maxPerAddress) return this.refuse(connection, 'address');
    this.connections += 1;
    if (key !== null) this.counts.set(ownString(key), ofAddress + 1);
    connection.onClosed(() => this.release(key));
    return next(connection);
  };

  private release(key: string | null): void {
    this.connections -= 1;
    if (key === null) return;
    const left = (this.counts.get(key) ?? 1) - 1;
    if (left > 0) this.counts.set(key, left);
    else this.counts.delete(key);
  }

  private refuse(connection: Connection, limit: 'total' | 'address'): void {
    this.refused += 1;
    connection.destroy();
    if (this.onRefused !== undefined) runCallback(this.onRefused, connection.info, limit);
  }
}
