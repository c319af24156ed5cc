import type { Connection, Logger } from '@windhover/core';

/** Tells a tunnel that the server stops. The stop goes on whatever the tunnel does. */
export function sayGoodbye(tunnel: Connection, log: Logger): void {
  try {
    tunnel.onStopping?.();
  } catch (error) {
    log.error('A tunnel failed to say goodbye', { error });
  }
}
