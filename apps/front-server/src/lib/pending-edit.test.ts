import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith } from './commands/command-fixtures.ts';
import { forgetEdit, keepEdit, restoreEdit } from './pending-edit.ts';

/** A file whose new text was being tried by a process. */
async function tried(pid: number) {
  const folder = await folderWith({ 'a.yaml': 'good\n' });
  const file = join(folder, 'a.yaml');
  keepEdit(file, 'good\n', 'bad\n');
  const beside = `${file}.before`;
  writeFileSync(beside, JSON.stringify({ ...JSON.parse(readFileSync(beside, 'utf8')), pid }));
  writeFileSync(file, 'bad\n');
  return { folder, file, beside };
}
const dead = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('restoreEdit()', () => {
  it('puts the text back that was replaced by one a killed process was trying', async () => {
    const { folder, file, beside } = await tried(dead());
    expect(statSync(beside).mode & 0o777).toBe(0o600);
    expect(restoreEdit(file)).toBe(true);
    expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['good\n', ['a.yaml']]);
    expect(restoreEdit(file)).toBe(false);
  });

  it('leaves what somebody has written since, and what a process that lives is trying', async () => {
    const byHand = await tried(dead());
    writeFileSync(byHand.file, 'by hand\n');
    expect(restoreEdit(byHand.file)).toBe(false);
    expect([readFileSync(byHand.file, 'utf8'), readdirSync(byHand.folder)]).toEqual(['by hand\n', ['a.yaml']]);
    const living = await tried(process.ppid);
    expect([restoreEdit(living.file), readFileSync(living.file, 'utf8')]).toEqual([false, 'bad\n']);
  });

  it('does nothing after a text was taken, or without a file', async () => {
    const { file } = await tried(dead());
    forgetEdit(file);
    expect([restoreEdit(file), readFileSync(file, 'utf8')]).toEqual([false, 'bad\n']);
    expect(restoreEdit(`${file}.none`)).toBe(false);
  });
});
