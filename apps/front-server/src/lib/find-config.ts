import { existsSync } from 'node:fs';

/** The file that is read when no other is named. */
export const defaultConfig = './windhover.yaml' as const;

const otherNames = ['yml', 'json', 'config.ts', 'config.mts', 'config.js', 'config.mjs'];

/**
 * Returns the configuration file to read. If none is named and there is no `windhover.yaml`, it is the first that exists of
 * `windhover.yml`, `windhover.json`, `windhover.config.ts` and so on.
 */
export function findConfig(written: string, exists: (file: string) => boolean = existsSync): string {
  if (written !== defaultConfig || exists(defaultConfig)) return written;
  return otherNames.map((name) => `./windhover.${name}`).find(exists) ?? written;
}
