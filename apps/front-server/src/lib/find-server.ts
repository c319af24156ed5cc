import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { controlSupervisor } from '@windhover/supervisor';
import { type ControlSurroundings, controlFolders, controlPath } from './control-path.ts';

/** A server that is asked for its name answers at once, or is stuck, in milliseconds. */
const askMs = 1000;

/**
 * The control socket of a server that was started with another name of the same file, by a link for instance, or in another environment.
 * `null`: there is none.
 */
export async function findServer(config: string, surroundings: ControlSurroundings): Promise<string | null> {
  const own = controlPath(config, surroundings);
  const file = await realPathOf(config);
  if (file === null) return null;
  const sockets = (await Promise.all(controlFolders(surroundings).map(socketsIn))).flat();
  const found = await Promise.all(
    sockets.map(async (path) => (path !== own && (await configAt(path)) === file ? path : null)),
  );
  return found.find((path) => path !== null) ?? null;
}

async function socketsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []); // no server has run there
  return names.filter((name) => name.endsWith('.sock')).map((name) => join(folder, name));
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
