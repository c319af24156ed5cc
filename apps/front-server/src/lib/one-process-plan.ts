import { systemClock } from '@windhover/core';
import type { ServerPlan } from './server-plan.ts';

/** The plan of a server that is one process, which has no control socket. `null`: it has workers, or the configuration cannot be read. */
export async function oneProcessPlan(
  config: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ServerPlan | null> {
  const { readServerPlan } = await import('./server-plan.ts');
  const { plan } = await readServerPlan(config, env, systemClock);
  return plan?.workers === 0 ? plan : null;
}
