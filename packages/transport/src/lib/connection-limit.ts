import { type Connection, type ConnectionInfo, type Middleware, ownString } from '@windhover/core';
import { addressKey } from '@windhover/ip';
import { anyFunction, checkOptions, orNull, type Rules, wholeNumber } from '@windhover/options';
import { TransportError } from './errors.ts';
import { runCallback } from './run-callback.ts';

/** Options of `createConnectionLimit`. */
export interface ConnectionLimitOptions {
  /**
   * Maximum of open connections over all listeners that share this limit. Default: `null`, no limit, as in Kestrel:
   * only the owner of the machine knows how many it can bear. The system's limit on open files applies in any case.
   */
  readonly maxConnections?: number | null;
  /**
   * Maximum of open connections from one IPv4 address or one IPv6 /64. Default: `null`, no limit: a whole company or a
   * proxy may be behind one address. Unix sockets have no address and count towards the total only.
   */
  readonly maxConnectionsPerAddress?: number | null;
  /** Is called for each refused connection, with the limit it exceeded. Default: none. */
  readonly onRefused?: (info: ConnectionInfo, limit: 'total' | 'address') => void;
}

/** A connection limit that several listeners can share. */
export interface ConnectionLimit {
  /** Closes a connection over the limit at once, without handshake or answer. Place it first. */
  readonly middleware: Middleware<Connection>;
  /** Connections open now. */
  readonly connections: number;
  /** Addresses with open connections; at most `connections`. */
  readonly addresses: number;
  /** Connections refused so far. */
  readonly refused: number;
  /** Connections open now from this address, or from its /64. */
  connectionsFrom(address: string): number;
}

const optionRules: Rules<ConnectionLimitOptions> = {
  maxConnections: orNull(wholeNumber(1)),
  maxConnectionsPerAddress: orNull(wholeNumber(1)),
  onRefused: anyFunction,
};

/** Creates a connection limit. Throws `TRANSPORT_BAD_LIMIT` for an invalid number or an unknown option. */
export function createConnectionLimit(options: ConnectionLimitOptions = {}): ConnectionLimit {
  return new Limit(options);
}

class Limit implements ConnectionLimit {
  connections = 0;
  refused = 0;
  private readonly maxConnections: number;
  private readonly maxPerAddress: number;
  private readonly onRefused: ConnectionLimitOptions['onRefused'];
  /** An address is in the map only while it has open connections. */
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
