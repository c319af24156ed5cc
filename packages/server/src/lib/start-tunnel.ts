import type { Connection } from '@windhover/core';
import type { OwnedExchange } from './exchange-owner.ts';

/** Gives a connection to whoever answered with a tunnel. What that throws, now or later, ends it. */
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
