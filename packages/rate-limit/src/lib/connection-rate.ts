import { type Clock, type Connection, type Middleware, systemClock } from '@windhover/core';
import { addressKey } from '@windhover/ip';
import {
  anyFunction,
  checkOptions,
  milliseconds,
  oneOf,
  type Rules,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import { optionError } from './errors.ts';
import { createMemoryStore } from './memory-store.ts';
import type { RatePolicy } from './rate-policy.ts';

/** Options of `connectionRate`. */
export interface ConnectionRateOptions {
  /** How many new connections in `perMs`. */
  readonly connections: number;
  /** Milliseconds. Default: 1000. */
  readonly perMs?: number;
  /** How many may come at once. Default: `connections`. */
  readonly burst?: number;
  /** What is counted together: the connections of one address (IPv6 by network), or all. Default: `client`. */
  readonly by?: 'client' | 'all';
  /** How many leading bits of an IPv6 address are one client. Default: 64. */
  readonly ipv6Bits?: number;
  /** Is called for each refused connection. Default: nothing. */
  readonly onRefused?: (connection: Connection) => void;
  /** The time. Default: the system's. */
  readonly clock?: Clock;
}

const optionRules: Rules<ConnectionRateOptions> = {
  connections: wholeNumber(1),
  perMs: milliseconds('above 0'),
  burst: wholeNumber(1),
  by: oneOf('client', 'all'),
  ipv6Bits: wholeNumber(1, 128),
  onRefused: anyFunction,
  clock: withFunctions(['now', 'schedule']),
};

/**
 * Limits how many connections a client may open in a time: one above it is reset before a byte is read, before its TLS handshake too. Those
 * of Unix sockets have no address and are not limited by client. Throws `RATE_LIMIT_OPTION_INVALID`.
 */
export function connectionRate(options: ConnectionRateOptions): Middleware<Connection> {
  const fail = (fault: string): Error => optionError(`connectionRate(): ${fault}`);
  checkOptions(options, optionRules, fail);
  const { connections, perMs = 1000, by = 'client', ipv6Bits = 64, onRefused, clock = systemClock } = options;
  if (connections === undefined) throw fail(`connections: expected ${optionRules.connections.expected}, found nothing`);
  const burst = options.burst ?? connections;
  const policy: RatePolicy = { algorithm: 'token-bucket', requests: connections, perMs, burst, countsRefused: false };
  const store = createMemoryStore({ clock });
  return function connectionRate(connection, next) {
    const key = by === 'all' ? 'all' : addressKey(connection.info.remoteAddress, ipv6Bits);
    if (key === null || store.consume(key, policy, 1).isAllowed) return next(connection);
    onRefused?.(connection);
    connection.reset();
    return undefined;
  };
}
