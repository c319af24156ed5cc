import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderProblem } from './folder-problem.ts';

let base = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'folder-problem-'));
  chmodSync(base, 0o755);
  mkdirSync(join(base, 'open'));
  mkdirSync(join(base, 'locked/inside'), { recursive: true });
  writeFileSync(join(base, 'file'), '');
  symlinkSync('loop', join(base, 'loop'));
  chmodSync(join(base, 'locked'), 0);
});
afterAll(() => {
  chmodSync(join(base, 'locked'), 0o755);
  rmSync(base, { recursive: true });
});

/** Root may read everything: another user looks. */
function asNobody<T>(look: () => T): T {
  if (process.getuid?.() !== 0) return look();
  process.seteuid!(65_534);
  try {
    return look();
  } finally {
    process.seteuid!(0);
  }
}

describe('folderProblem()', () => {
  it('finds nothing wrong with a folder that can be read', () => {
    expect(asNobody(() => folderProblem(join(base, 'open')))).toBeNull();
  });

  it.each([
    ['gone', 'expected a folder that exists'],
    ['file', 'expected a folder, found a file'],
    ['file/below', 'expected a folder that exists'],
    ['loop', 'may read (ELOOP'],
  ])('refuses %s', (name, message) => {
    expect(folderProblem(join(base, name))).toContain(message);
  });

  it.runIf(process.platform !== 'win32').each(['locked', 'locked/inside'])(
    'refuses %s, which may not be read',
    (name) => {
      expect(asNobody(() => folderProblem(join(base, name)))).toContain('may read (EACCES');
    },
  );
});
