import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What decides where the control socket is. */
export interface ControlSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
}

/**
 * The control socket of a server, which `reload`, `stop` and `status` find by the name of the configuration file. It lies in a folder of
 * this user alone: `/run/windhover` for root, a folder in `$XDG_RUNTIME_DIR`, or else one in the folder for temporary files.
 */
export function controlPath(configFile: string, { env, uid }: ControlSurroundings): string {
  const name = createHash('sha256').update(resolve(configFile)).digest('hex').slice(0, 16);
  return join(controlFolder({ env, uid }), `${name}.sock`);
}

function controlFolder({ env, uid }: ControlSurroundings): string {
  const { XDG_RUNTIME_DIR: own } = env;
  if (uid === 0) return '/run/windhover';
  return own === undefined || own === '' ? join(tmpdir(), `windhover-${uid}`) : join(own, 'windhover');
}

/** Creates the folder of a control socket. Throws if it belongs to somebody else: who owns it could take the commands. */
export function makeControlFolder(path: string, uid: number): void {
  const folder = resolve(path, '..');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  const isOurs = found.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0;
  if (!isOurs) throw new Error(`The folder ${folder} is not one that only this user can write to: remove it`);
}
