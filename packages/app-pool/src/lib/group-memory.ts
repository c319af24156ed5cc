import { readdir, readFile } from 'node:fs/promises';

/**
 * The resident memory of all processes of a group in bytes; what they share counts for each. `null`: this system does not tell, only Linux
 * does.
 */
export async function groupMemory(group: number): Promise<number | null> {
  const names = await readdir('/proc').catch(() => null);
  if (names === null) return null;
  const sizes = await Promise.all(
    names.filter((name) => /^[1-9][0-9]*$/.test(name)).map((name) => sizeIn(name, group)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function sizeIn(pid: string, group: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ''); // it has ended
  const [, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (Number(processGroup) !== group) return 0;
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  return Number(/^VmRSS:\s+([0-9]+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}
