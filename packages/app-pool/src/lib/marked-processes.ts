import { readdir, readFile } from 'node:fs/promises';

/** The variable by which processes of an instance are found, also those that have left its process group. */
export const markName = 'WINDHOVER_INSTANCE';

/** The ids of all processes that were started with that mark in their environment. Only Linux tells; elsewhere there are none. */
export async function markedProcesses(mark: string): Promise<readonly number[]> {
  const names = await readdir('/proc').catch(() => []); // another system
  const wanted = `\0${markName}=${mark}\0`;
  const found = await Promise.all(
    names.map(async (name) => {
      if (!/^[1-9][0-9]*$/.test(name) || Number(name) === process.pid) return null;
      const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => ''); // it has ended, or is another user's
      return `\0${environment}`.includes(wanted) ? Number(name) : null;
    }),
  );
  return found.filter((pid) => pid !== null);
}

/** Sends a signal to a process, or to a group if the id is negative. One that has ended needs none. */
export function signalTo(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal);
  } catch {
    // ESRCH: it has ended. EPERM: the group has only zombies left (macOS), or the id is another user's by now.
  }
}
