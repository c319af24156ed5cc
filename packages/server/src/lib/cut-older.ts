import type { Engine } from './engine.ts';
import { serverError } from './errors.ts';

/** Cuts off exchanges and tunnels whose request came before `than`. Returns their number. */
export function cutOlder({ connections, tunnels }: Engine, than: number): number {
  let count = 0;
  for (const connection of [...connections]) count += connection.cutOlder(than);
  const oldTunnels = [...tunnels].filter(([, since]) => since < than);
  for (const [tunnel] of oldTunnels) tunnel.destroy(serverError('SERVER_SHUTDOWN'));
  return count + oldTunnels.length;
}
