import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fileProblem } from './file-problem.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'windhover-log-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

describe('fileProblem()', () => {
  it('takes a file that is there, one that is missing, and one in folders that are missing', () => {
    const path = join(folder(), 'a');
    writeFileSync(path, '');
    expect([fileProblem(path), fileProblem(`${path}-b`), fileProblem(join(`${path}-c`, 'd/e.log'))]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('refuses a folder, and a file in the place of a folder', () => {
    const path = folder();
    writeFileSync(join(path, 'file'), '');
    expect(fileProblem(path)).toBe(`expected a file, found a folder (${path})`);
    expect(fileProblem(join(path, 'file/a.log'))).toMatch(/^expected a folder before the name of the file/);
    expect(fileProblem(join(path, 'file/b/a.log'))).toMatch(/^expected a folder/);
  });
});
