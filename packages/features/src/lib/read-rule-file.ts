import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { OptionsError } from '@windhover/config';

/** Reads a file of redirects or of a map. One that cannot be read is a problem of the option at `path`. */
export function readRuleFile(directory: string, file: string, path: readonly string[]): string {
  try {
    return readFileSync(resolve(directory, file), 'utf8');
  } catch (error) {
    const message = `expected a file that can be read, found none: ${(error as Error).message}`;
    throw new OptionsError([{ path: [...path], message }]);
  }
}
