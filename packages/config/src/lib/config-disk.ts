import { sep } from 'node:path';
import type { Problem, Source } from './problem.ts';
import { readSource } from './read-source.ts';

/** Where the files of a configuration are read from. */
export interface ConfigDisk {
  /** The text of a file, or the problem that prevents it. */
  read(file: string): Promise<Source | { readonly problem: Problem }>;
  /** The names of the files that a pattern stands for, relative to the folder, sorted. */
  find(pattern: string, folder: string): Promise<readonly string[]>;
}

/** The disk of this machine. */
export const realDisk: ConfigDisk = {
  read: readSource,
  async find(pattern, folder) {
    const { glob } = await import('tinyglobby');
    const found = await glob(pattern.replaceAll(sep, '/'), { cwd: folder, dot: false, expandDirectories: false });
    return found.sort();
  },
};
