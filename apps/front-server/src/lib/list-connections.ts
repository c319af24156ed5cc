import { HttpError, ownString } from '@windhover/core';
import type { OpenConnection } from '@windhover/server';

/** More than anybody reads; a server may have a hundred thousand. */
const maxListed = 1000;

/** A connection of a client, as plain data. */
export interface ListedConnection {
  /** Names it in this process. */
  readonly id: string;
  readonly client: string;
  readonly local: string;
  readonly protocol: string | null;
  readonly tls: string | null;
  readonly serverName: string | null;
  readonly state: OpenConnection['state'];
  readonly openedAt: number;
  readonly requests: number;
}

/** Lists connections, the oldest first. */
export function listConnections(open: readonly OpenConnection[]): readonly ListedConnection[] {
  return open.slice(0, maxListed).map(({ info, openedAt, state, protocol, requests }) => ({
    id: String(info.id),
    client: joinAddress(info.remoteAddress, info.remotePort),
    local: joinAddress(info.localAddress, info.localPort),
    protocol,
    tls: info.tls?.protocol ?? null,
    serverName: info.tls?.serverName == null ? null : ownString(info.tls.serverName),
    ...{ state, openedAt, requests },
  }));
}

/** Closes a connection at once. Returns whether it was still open. */
export function closeConnection(open: readonly OpenConnection[], id: string): boolean {
  const found = open.find(({ info }) => String(info.id) === id);
  found?.close(new HttpError(503, 'FRONT_CONNECTION_CLOSED', 'An administrator has closed this connection'));
  return found !== undefined;
}

function joinAddress(address: string, port: number): string {
  if (address === '' || address.startsWith('/')) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
