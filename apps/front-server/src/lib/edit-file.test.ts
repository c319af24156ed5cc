import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith } from './commands/command-fixtures.ts';
import { editFile, sweepEdits } from './edit-file.ts';

/** The number of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

describe('editFile()', () => {
  it('is not kept from a change by what a killed process has left, and removes it', async () => {
    const folder = await folderWith({ 'a.yaml': 'one\n', 'a.yaml.1-own.new': 'of somebody else' });
    const file = join(folder, 'a.yaml');
    const names = [`a.yaml.${await deadPid()}-000000000000.new`, `a.yaml.${process.pid}-000000000000.new`];
    for (const name of names) writeFileSync(join(folder, name), 'half');
    const old = join(folder, `a.yaml.${process.ppid}-000000000000.new`); // the number belongs to another process now
    writeFileSync(old, 'half');
    utimesSync(old, 0, 0);
    editFile(file, (text) => `${text}two\n`);
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
    expect(readdirSync(folder).sort()).toEqual(['a.yaml', 'a.yaml.1-own.new']);
  });

  it('makes a file that does not exist yet, named by a relative path', async () => {
    const folder = await folderWith({});
    const before = process.cwd();
    process.chdir(folder);
    try {
      editFile('./a.yaml', () => 'one\n');
    } finally {
      process.chdir(before);
    }
    expect(readdirSync(folder)).toEqual(['a.yaml']);
    expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe('one\n');
  });

  it('gives way to another process that is changing the file', async () => {
    const folder = await folderWith({ 'a.yaml': 'one\n' });
    const file = join(folder, 'a.yaml');
    const other = join(folder, `a.yaml.${process.ppid}-000000000000.new`);
    writeFileSync(other, 'half');
    expect(sweepEdits(file)).toBe(true);
    expect(() => editFile(file, () => 'two\n')).toThrow('somebody else is changing it');
    expect(readFileSync(file, 'utf8')).toBe('one\n');
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('leaves nothing if the change throws', async () => {
    const folder = await folderWith({ 'a.yaml': 'one\n' });
    const change = (): never => {
      throw new Error('changed');
    };
    expect(() => editFile(join(folder, 'a.yaml'), change)).toThrow('changed');
    expect(readdirSync(folder)).toEqual(['a.yaml']);
  });
});
