import type { Connection } from '@windhover/core';
import type { Engine } from './engine.ts';
import { sayGoodbye } from './say-goodbye.ts';
import type { TunnelExchange } from './when-tunnel-ends.ts';

/**
 * Gives a connection to the `upgrade` function of the answer. If it throws or its promise rejects, the tunnel ends. A tunnel that begins during
 * a stop has no longer than any other, and says goodbye at once.
 */
export function startTunnel(
  channel: Connection,
  upgrade: (connection: Connection) => void,
  exchange: TunnelExchange & { tunnelFailed(error: unknown): void },
  { drainIdleMs, onLateTunnel, log }: Pick<Engine, 'drainIdleMs' | 'onLateTunnel' | 'log'>,
): void {
  const failed = (error: unknown): void => {
    exchange.tunnelFailed(error);
    channel.destroy();
  };
  try {
    (upgrade(channel) as void | Promise<void>)?.then?.(undefined, failed);
    if (drainIdleMs === null) return;
    onLateTunnel(channel);
    sayGoodbye(channel, log);
  } catch (error) {
    failed(error);
  }
}
