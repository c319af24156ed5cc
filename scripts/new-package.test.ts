import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { phaseOrder } from '../packages/core/src/feature.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const biome = join(root, 'node_modules/.bin/biome');

/** A copy of the files that the script changes. */
function copyOfRoot(): string {
  const folder = mkdtempSync(join(tmpdir(), 'new-package-'));
  const files = [
    'packages/features/README.md',
    'packages/features/package.json',
    'packages/features/src',
    'scripts/lib/layers.mjs',
    'biome.json',
    '.gitignore',
  ];
  for (const file of files) cpSync(join(root, file), join(folder, file), { recursive: true });
  mkdirSync(join(folder, '.changeset'));
  return folder;
}

function makePackage(folder: string, ...args: string[]) {
  const script = join(root, 'scripts/new-package.mjs');
  return spawnSync(process.execPath, [script, ...args, '--root', `${pathToFileURL(folder)}/`], { encoding: 'utf8' });
}

describe('new-package.mjs', () => {
  it('makes a middleware with a test, a README, a changeset and a key, and puts it in every list', () => {
    const folder = copyOfRoot();
    const { status, stderr } = makePackage(folder, 'slow-down', 'Slows down.', '--feature', 'quota');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
    for (const file of ['README.md', 'src/index.ts', 'src/lib/slow-down.test.ts', 'src/lib/slow-down.ts'])
      expect(existsSync(join(folder, 'packages/slow-down', file)), file).toBe(true);
    expect(read('packages/features/src/lib/slow-down.ts')).toContain("name: 'slowDown'");
    expect(read('packages/features/src/index.ts')).toContain("export { slowDownFeature } from './lib/slow-down.ts';");
    expect(read('packages/features/src/lib/standard-features.ts')).toMatch(
      /import \{ slowDownFeature[\s\S]*= \[\n {2}slowDownFeature/,
    );
    expect(read('packages/features/package.json')).toContain('"@windhover/slow-down": "workspace:^"');
    expect(read('scripts/lib/layers.mjs')).toContain("'slow-down': { layer: 3, title: 'feature' }");
    expect(read('packages/features/README.md')).toContain('| `slowDown` | Slows down | quota |');
    expect(read('.changeset/slow-down.md')).toContain("'@windhover/slow-down': minor");
    const formatted = spawnSync(biome, ['check', '--write', '.'], { cwd: folder, encoding: 'utf8' });
    expect(formatted.status, formatted.stderr).toBe(0);
  });

  it('says which phases there are', () => {
    const { status, stderr } = makePackage(copyOfRoot(), 'slow-down', 'Slows down.', '--feature', 'late');
    expect(status).toBe(2);
    const wanted = phaseOrder.filter((phase) => phase !== 'connection');
    expect(stderr).toBe(`There is no phase late: ${wanted.join(', ')}\n`);
  });
});
