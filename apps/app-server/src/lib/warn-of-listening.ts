import { setImmediate } from 'node:timers/promises';
import type { Logger } from '@windhover/core';

/**
 * Applications that were written to be started by themselves listen: then there are two ways in, or a port that is in use. Sees what listens at
 * once; a host name that has to be looked up takes longer.
 */
export async function warnOfListening(log: Logger): Promise<void> {
  await setImmediate(); // an address is taken in the next tick
  if (!process.getActiveResourcesInfo().includes('TCPServerWrap')) return;
  log.warn('The application listens by itself too: leave app.listen() out, unless that is another server');
}
