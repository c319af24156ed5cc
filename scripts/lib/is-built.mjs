// Whether there is anything to build, found out faster than by asking turbo.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What goes into every build. */
const shared = ['tsconfig.base.json', 'scripts/tsup-package.ts'];
/** What goes into the build of one package, as turbo.json says. */
const inputs = ['src', 'package.json', 'tsconfig.json', 'tsup.config.ts'];

/**
 * Whether these servers and the packages that they use were built after their last change. If in doubt, false: turbo knows exactly.
 *
 * @param root the folder of the repository
 * @param servers names of folders in `apps`
 */
export function isBuilt(root, servers) {
  const folders = servers.map((name) => join(root, 'apps', name));
  const seen = new Set(folders);
  try {
    const sharedAt = Math.max(...shared.map((file) => statSync(join(root, file)).mtimeMs));
    for (const folder of seen) {
      if (!isPackageBuilt(folder, sharedAt)) return false;
      for (const name of usedPackages(folder)) seen.add(join(root, 'packages', name));
    }
    return true;
  } catch (error) {
    if (error.code === 'ENOENT') return false; // not built at all
    throw error;
  }
}

function isPackageBuilt(folder, sharedAt) {
  const builtAt = newest(join(folder, 'dist'));
  return builtAt >= sharedAt && inputs.every((name) => builtAt >= newest(join(folder, name)));
}

function usedPackages(folder) {
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.keys(dependencies).flatMap((name) => /^@windhover\/(.+)$/.exec(name)?.[1] ?? []);
}

/** The time of the last change in a file, or in the files of a folder, without the tests. */
function newest(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return path.endsWith('.test.ts') ? 0 : found.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}
