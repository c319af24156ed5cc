import type { Connection } from '@windhover/core';
import type { OwnedExchange } from './exchange-owner.ts';

/** Gives a connection to the `upgrade` function of the answer. If it throws or its promise rejects, the tunnel ends. */
export function startTunnel(
  channel: Connection,
  upgrade: (connection: Connection) => void,
  exchange: OwnedExchange,
): void {
  const failed = (error: unknown): void => {
    exchange.tunnelFailed(error);
    channel.destroy();
  };
  try {
    (upgrade(channel) as void | Promise<void>)?.then?.(undefined, failed);
  } catch (error) {
    failed(error);
  }
}
