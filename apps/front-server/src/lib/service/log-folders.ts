import { dirname, resolve } from 'node:path';
import { readLogTarget } from '@windhover/access-log';

/** The folders of the log files that a configuration names, absolute, each once. `directory` is that of the configuration. */
export function logFolders(config: unknown, directory: string): readonly string[] {
  const folders = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'accessLog') add(inner);
      else walk(inner);
    }
  };
  const add = (written: unknown): void => {
    const to = typeof written === 'string' ? written : (written as { readonly to?: unknown } | null)?.to;
    const target = typeof to === 'string' ? readLogTarget(to) : null;
    if (target !== null && 'kind' in target && target.kind === 'file')
      folders.add(dirname(resolve(directory, target.path)));
  };
  walk(config);
  return [...folders];
}
