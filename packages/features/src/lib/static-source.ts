import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { OptionsError } from '@windhover/config';
import { archiveSource, type FileSource, folderSource, joined, mounted } from '@windhover/static';
import { isDeployed } from './deployment-links.ts';
import { folderProblem } from './folder-problem.ts';

/** The folders of the feature `static`, as they are written. */
interface StaticPlaces {
  readonly root: string | readonly string[];
  readonly mounts: Readonly<Record<string, string>> | undefined;
}

/** Makes the source of the feature `static`. Throws an `OptionsError` for a folder that cannot be served. */
export function sourceOf(
  { root, mounts }: StaticPlaces,
  directory: string,
  symlinks: 'inside' | 'follow' = 'inside',
): FileSource {
  const open = (written: string, path: readonly (string | number)[]): FileSource => {
    const folder = resolve(directory, written);
    if (isArchive(folder)) return archiveSource(folder);
    const message = isMade(folder) ? null : folderProblem(folder);
    if (message !== null) throw new OptionsError([{ path: [...path], message }]);
    return folderSource(folder, { symlinks });
  };
  const main =
    typeof root === 'string' ? open(root, ['root']) : joined(root.map((each, index) => open(each, ['root', index])));
  if (mounts === undefined) return main;
  const others = Object.entries(mounts).map(([path, folder]) => [path, open(folder, ['mounts', path])] as const);
  return mounted({ '/': main, ...Object.fromEntries(others) });
}

/** Whether it is missing, and the deployment that it belongs to makes it. */
function isMade(folder: string): boolean {
  return isDeployed(folder) && statSync(folder, { throwIfNoEntry: false }) === undefined;
}

function isArchive(path: string): boolean {
  return path.toLowerCase().endsWith('.zip') && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
