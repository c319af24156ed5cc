import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
// @ts-expect-error: plain JavaScript, which runs before anything is built
import { isBuilt } from './is-built.mjs';

let root: string;

/** Writes a file that was changed at this second of the test. */
function write(path: string, second: number, text = ''): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  utimesSync(file, second, second);
}

function writePackage(folder: string, uses: readonly string[]): void {
  const dependencies = Object.fromEntries(uses.map((name) => [name, 'workspace:^']));
  write(`${folder}/package.json`, 1, JSON.stringify({ dependencies }));
  for (const file of ['tsconfig.json', 'tsup.config.ts', 'src/index.ts', 'src/lib/a.ts']) write(`${folder}/${file}`, 1);
  write(`${folder}/dist/index.js`, 10);
}

describe('isBuilt()', () => {
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'is-built-'));
    const folder = root;
    onTestFinished(() => rmSync(folder, { recursive: true }));
    write('tsconfig.base.json', 1);
    write('scripts/tsup-package.ts', 1);
    writePackage('apps/server', ['@windhover/near', 'zod']);
    writePackage('packages/near', ['@windhover/far']);
    writePackage('packages/far', ['@windhover/near']);
    writePackage('packages/unused', []);
  });
  const answer = (): boolean => isBuilt(root, ['server']);

  it('is true after a build', () => expect(answer()).toBe(true));

  it.each([
    'tsconfig.base.json',
    'apps/server/tsup.config.ts',
    'packages/near/src/index.ts',
    'packages/far/src/lib/a.ts',
    'packages/far/package.json',
  ])('is false after a change in %s', (file) => {
    write(file, 20, '{}');
    expect(answer()).toBe(false);
  });

  it.each(['packages/unused/src/index.ts', 'packages/near/src/lib/a.test.ts', 'packages/near/README.md'])(
    'does not mind %s',
    (file) => {
      write(file, 20);
      expect(answer()).toBe(true);
    },
  );

  it('is false where a package has not been built', () => {
    rmSync(join(root, 'packages/far/dist'), { recursive: true });
    expect(answer()).toBe(false);
  });
});
