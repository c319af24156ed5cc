import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith } from './commands/command-fixtures.ts';
import { controlFolders, controlPath, makeControlFolder } from './control-path.ts';

const uid = process.getuid?.() ?? 0;

describe('controlPath()', () => {
  it('is in a folder of this user alone', () => {
    expect(controlPath('w.yaml', { env: {}, uid: 0 })).toMatch(/^\/run\/windhover\/[0-9a-f]{16}\.sock$/);
    expect(controlPath('w.yaml', { env: { XDG_RUNTIME_DIR: '/r' }, uid: 7 })).toMatch(/^\/r\/windhover\//);
    expect(controlPath('w.yaml', { env: {}, uid: 7 })).toMatch(/\/windhover-7\//);
  });
});

describe('controlFolders()', () => {
  it('has those of servers with another environment too', () => {
    const folders = controlFolders({ env: {}, uid: 7 });
    expect(folders).toContain('/run/user/7/windhover');
    expect(controlFolders({ env: { XDG_RUNTIME_DIR: '/r' }, uid: 7 })).toEqual([
      '/r/windhover',
      '/run/user/7/windhover',
      folders[0],
    ]);
  });
});

describe.runIf(process.platform !== 'win32')('makeControlFolder()', () => {
  it('makes a folder, and finds it right again', async () => {
    const path = join(await folderWith({}), 'own', 'a.sock');
    expect(makeControlFolder(path, uid)).toBe(null);
    expect(makeControlFolder(path, uid)).toBe(null);
  });

  it('says what is in the way', async () => {
    const folder = await folderWith({ file: '' });
    expect(makeControlFolder(join(folder, 'file', 'a', 'a.sock'), uid)).toMatch(/^ENOTDIR/);
    expect(makeControlFolder(join(folder, 'x'.repeat(120), 'a.sock'), uid)).toMatch(/is longer than 10[37] bytes$/);
    mkdirSync(join(folder, 'open'));
    chmodSync(join(folder, 'open'), 0o777);
    expect(makeControlFolder(join(folder, 'open', 'a.sock'), uid)).toMatch(/only this user can write to/);
    expect(makeControlFolder(join(folder, 'file', 'a.sock'), uid)).toMatch(/EEXIST|only this user/);
    expect(makeControlFolder(join(folder, 'a.sock'), uid + 1)).toMatch(/only this user can write to/);
  });
});
