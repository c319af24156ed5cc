import { readFileSync } from 'node:fs';
import type { SplashPage } from '@windhover/app-pool';
import { OptionsError } from '@windhover/config';

/** Reads a page for the time of a start. Throws an `OptionsError` at `path` if it cannot be read. */
export function readSplash(file: string, path: readonly string[]): SplashPage {
  try {
    const type = file.endsWith('.txt') ? 'text/plain; charset=utf-8' : 'text/html; charset=utf-8';
    return { body: readFileSync(file), type };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new OptionsError([{ path, message: `expected a file that this process may read (${code} at ${file})` }]);
  }
}
