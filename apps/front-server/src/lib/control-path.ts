import { createHash } from 'node:crypto';
import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The longest name of a Unix socket: Linux takes 107 bytes, others fewer. */
const maxPathBytes = process.platform === 'linux' ? 107 : 103;

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

/** Every folder in which a server of this user may have its control socket: the other one has another environment, a service for instance. */
export function controlFolders({ env, uid }: ControlSurroundings): readonly string[] {
  if (uid === 0) return [controlFolder({ env, uid })];
  return [...new Set([controlFolder({ env, uid }), `/run/user/${uid}/windhover`, controlFolder({ env: {}, uid })])];
}

function controlFolder({ env, uid }: ControlSurroundings): string {
  const { XDG_RUNTIME_DIR: own } = env;
  if (uid === 0) return '/run/windhover';
  return own === undefined || own === '' ? join(tmpdir(), `windhover-${uid}`) : join(own, 'windhover');
}

/**
 * Creates the folder of a control socket. Returns what is in the way, or `null`. A folder of somebody else is: who owns it could take the
 * commands.
 */
export function makeControlFolder(path: string, uid: number): string | null {
  const folder = resolve(path, '..');
  if (Buffer.byteLength(path) > maxPathBytes) return `${path} is longer than ${maxPathBytes} bytes`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    const isOurs = found.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0;
    if (!isOurs) return `the folder ${folder} is not one that only this user can write to: remove it`;
    accessSync(folder, constants.W_OK);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).message;
  }
}
