import type { Connection, ConnectionInfo, Middleware } from '@windhover/core';
import { createConnectionLimit } from '@windhover/transport';
import type { Engine } from './engine.ts';
import { serverError } from './errors.ts';

/** The server's own middleware on connections: before, and after those of a listener. */
export interface OwnLimits {
  readonly first: readonly Middleware<Connection>[];
  /** Counts clients, so it comes after what finds out who the client is. */
  readonly last: readonly Middleware<Connection>[];
}

/** Makes the limits on connections that a server has. */
export function connectionLimits(engine: Pick<Engine, 'limits' | 'onProtocolError'>): OwnLimits {
  const { maxConnections, maxConnectionsPerAddress } = engine.limits;
  const onRefused = (connection: ConnectionInfo, which: 'total' | 'address'): void => {
    const detail = which === 'total' ? 'in all' : 'of one address';
    const { code, message } = serverError('SERVER_TOO_MANY_CONNECTIONS', detail);
    engine.onProtocolError({ code, message, status: 0, connection });
  };
  const limit = (options: Parameters<typeof createConnectionLimit>[0]): readonly Middleware<Connection>[] => [
    createConnectionLimit({ ...options, onRefused }).middleware,
  ];
  return {
    first: maxConnections === null ? [] : limit({ maxConnections }),
    last: maxConnectionsPerAddress === null ? [] : limit({ maxConnectionsPerAddress }),
  };
}
