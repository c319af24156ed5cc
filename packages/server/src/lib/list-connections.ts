import type { Connection, ConnectionInfo } from '@windhover/core';
import type { Engine } from './engine.ts';
import type { OpenConnections } from './open-connections.ts';

/** A connection of a server. */
export interface OpenConnection {
  readonly info: ConnectionInfo;
  /** When it was accepted, in milliseconds since the epoch. */
  readonly openedAt: number;
  /** `arriving`: in a TLS handshake or a middleware of its listener. `tunnel`: it carries no HTTP any more, as a WebSocket. */
  readonly state: 'arriving' | 'idle' | 'busy' | 'tunnel';
  /** `HTTP/1.1` for instance. `null`: not known yet. */
  readonly protocol: string | null;
  /** How many requests it is answering. */
  readonly requests: number;
  /** Closes it at once. */
  close(reason: Error): void;
}

/** Lists the connections of a server, the oldest first. */
export function listConnections(engine: Engine, open: OpenConnections): readonly OpenConnection[] {
  const spoken = new Map([...engine.connections].map((each) => [each.channel, each]));
  const served = [...open.served].map(([channel, openedAt]): OpenConnection => {
    const connection = spoken.get(channel);
    const requests = connection?.requestsUnderWay.length ?? 0;
    const state = engine.tunnels.has(channel) ? 'tunnel' : requests > 0 ? 'busy' : 'idle';
    return { ...facts(channel), openedAt, state, protocol: connection?.protocol ?? null, requests };
  });
  const arriving = [...open.arriving.values()].map(
    ({ connection, openedAt }): OpenConnection => ({
      ...{ ...facts(connection), openedAt },
      ...{ state: 'arriving', protocol: null, requests: 0 },
    }),
  );
  return [...served, ...arriving].sort((one, other) => one.openedAt - other.openedAt);
}

function facts(channel: Connection): Pick<OpenConnection, 'info' | 'close'> {
  return { info: channel.info, close: (reason) => channel.destroy(reason) };
}
