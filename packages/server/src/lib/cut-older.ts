import type { Engine } from './engine.ts';
import { serverError } from './errors.ts';

/** Cuts off exchanges and tunnels whose request came before `than`. Returns their number. */
export function cutOlder({ connections, tunnels }: Engine, than: number): number {
  const old = [...connections].filter(({ exchangeSince }) => exchangeSince !== null && exchangeSince < than);
  for (const connection of old) connection.abandon();
  const oldTunnels = [...tunnels].filter(([, since]) => since < than);
  for (const [tunnel] of oldTunnels) tunnel.destroy(serverError('SERVER_SHUTDOWN'));
  return old.length + oldTunnels.length;
}
