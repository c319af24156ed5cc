import { setImmediate } from 'node:timers/promises';
import type { Logger } from '@windhover/core';

/**
 * Warns if the application listens by itself, as standalone applications do: it would then have two entrances, or hit a port in use. This
 * detects only an application that listens at once; looking up a host name takes longer.
 */
export async function warnOfListening(log: Logger): Promise<void> {
  await setImmediate(); // the address is bound in the next tick
  if (!process.getActiveResourcesInfo().includes('TCPServerWrap')) return;
  log.warn('The application listens by itself too: leave app.listen() out, unless that is another server');
}
