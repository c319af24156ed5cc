import { readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { controlSupervisor } from '@windhover/supervisor';
import { type ControlSurroundings, controlPath } from './control-path.ts';

/** A server that is asked for its name answers at once, or is stuck, in milliseconds. */
const askMs = 1000;

/**
 * The control socket of a server that was started with another name of the same file: by a link, or in a folder that is one. `null`: there
 * is none.
 */
export async function findServer(config: string, surroundings: ControlSurroundings): Promise<string | null> {
  const own = controlPath(config, surroundings);
  const folder = dirname(own);
  const [file, names] = await Promise.all([realPathOf(config), readdir(folder).catch(() => [])]); // no server has run yet
  if (file === null) return null;
  const sockets = names.filter((name) => name.endsWith('.sock')).map((name) => join(folder, name));
  const found = await Promise.all(
    sockets.map(async (path) => (path !== own && (await configAt(path)) === file ? path : null)),
  );
  return found.find((path) => path !== null) ?? null;
}

async function configAt(path: string): Promise<string | null> {
  try {
    const { config } = (await controlSupervisor(path, 'status', { timeoutMs: askMs })) as { readonly config?: unknown };
    return typeof config === 'string' ? await realPathOf(config) : null;
  } catch {
    return null; // left behind by a server that was killed, or stuck
  }
}

function realPathOf(file: string): Promise<string | null> {
  return realpath(file).catch(() => null); // there is no such file
}
