import { controlSupervisor } from '@windhover/supervisor';
import { type ControlSurroundings, controlPath } from './control-path.ts';
import { findServer } from './find-server.ts';

/** A server that works answers at once, in milliseconds. */
const askMs = 1000;

/** Says that a server runs with this configuration file already; `null`: none of this user does. */
export async function alreadyRunning(config: string, surroundings: ControlSurroundings): Promise<string | null> {
  const own = controlPath(config, surroundings);
  const pid = (await pidAt(own)) ?? (await pidAt(await findServer(config, surroundings)));
  if (pid === null) return null;
  return `A server already runs with ${config}, process ${pid}. \`windhover reload\` lets it take a changed configuration, \`windhover stop\` ends it.`;
}

async function pidAt(path: string | null): Promise<number | null> {
  if (path === null) return null;
  try {
    return (await controlSupervisor(path, 'status', { timeoutMs: askMs })).pid;
  } catch {
    return null; // nobody listens there
  }
}
