import { lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

/** Of no time, so that it is the oldest one, and the same in all processes that start at once. */
const firstVersion = '00000000T000000000Z-000000';

/** The links of the configurations that are loaded, with how many name each. */
const promised = new Map<string, number>();

/** Says that the link `current` of a deployment is there when the configuration is used. Returns a function that takes it back. */
export function promiseCurrent(folder: string): () => void {
  const link = join(folder, 'current');
  promised.set(link, (promised.get(link) ?? 0) + 1);
  return () => {
    const left = promised.get(link)! - 1;
    if (left === 0) promised.delete(link);
    else promised.set(link, left);
  };
}

/** Whether a folder is the `current` of a deployment, or lies below it: what is in there changes with each deployment. */
export function isDeployed(folder: string): boolean {
  return [...promised.keys()].some((link) => folder === link || folder.startsWith(`${link}${sep}`));
}

/** Makes the link `current` of a deployment that never had one. It leads to a version without files. */
export function makeCurrent(folder: string, now: number): void {
  const link = join(folder, 'current');
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) return;
  const version = join('versions', firstVersion);
  mkdirSync(join(folder, version), { recursive: true });
  const facts = JSON.stringify({ at: now, user: '', files: 0, bytes: 0 });
  unlessThere(() => writeFileSync(join(folder, `${version}.json`), facts, { flag: 'wx' }));
  if (process.platform === 'win32') unlessThere(() => symlinkSync(resolve(folder, version), link, 'junction'));
  else unlessThere(() => symlinkSync(version, link, 'dir'));
}

/** Other workers start at the same time. */
function unlessThere(make: () => void): void {
  try {
    make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
