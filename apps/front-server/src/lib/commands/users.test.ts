import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readPassword } from '../read-password.ts';
import { folderWith, windhover } from './command-fixtures.ts';

const run = async (action: string, args: readonly string[], file: string, password = 'secret') =>
  windhover(['users', action, ...args, '--file', file], { WINDHOVER_PASSWORD: password });
const hasHtpasswd = spawnSync('htpasswd', []).error === undefined;

describe('windhover users', () => {
  it('adds, verifies, changes, lists and removes users', async () => {
    const file = join(await folderWith({}), 'people');
    expect(await run('add', ['ada'], file)).toEqual({ code: 0, stdout: `Added ada in ${file}.\n`, stderr: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await run('verify', ['ada'], file)).stdout).toBe('The password is right.\n');
    expect(await run('verify', ['ada'], file, 'wrong')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The password is wrong.\n',
    });
    await run('add', ['bob', '--hash', 'argon2id'], file);
    expect((await run('add', ['ada', '--hash', 'sha512'], file, 'other')).stdout).toBe(
      `Changed the password of ada in ${file}.\n`,
    );
    expect((await run('verify', ['ada'], file, 'other')).code).toBe(0);
    expect((await run('list', [], file)).stdout).toBe('ada  sha512\nbob  argon2id\n');
    expect((await run('remove', ['ada'], file)).stdout).toBe(`Removed ada from ${file}.\n`);
    expect(await run('remove', ['ada'], file)).toMatchObject({ code: 1, stderr: `There is no ada in ${file}.\n` });
    expect((await run('list', [], file)).stdout).toBe('bob  argon2id\n');
  });

  it('keeps the rights of the file, and its comments', async () => {
    const file = join(await folderWith({ people: '# staff\n' }), 'people');
    chmodSync(file, 0o640);
    await run('add', ['ada'], file);
    expect([statSync(file).mode & 0o777, readFileSync(file, 'utf8').split('\n')[0]]).toEqual([0o640, '# staff']);
  });

  it('changes nothing in a file that somebody else is changing, or that has lines nobody could use', async () => {
    const ticket = `other.${process.ppid}-000000000000.new`;
    const file = join(await folderWith({ people: 'ada:clear text\n', other: '', [ticket]: '' }), 'people');
    expect(await run('add', ['bob'], file)).toMatchObject({ code: 1, stderr: expect.stringContaining('line 1') });
    expect(readFileSync(file, 'utf8')).toBe('ada:clear text\n');
    const other = file.replace(/people$/, 'other');
    expect((await run('add', ['bob'], other)).stderr).toMatch(/other: somebody else is changing it/);
  });

  it.each([
    [['add'], 'NAME is missing.'],
    [['add', 'a:b'], 'A name has no colon'],
    [['add', 'a\nb'], 'A name has no colon'],
    [['verify', '#x'], 'A name has no colon'],
  ])('refuses %j', async ([action, ...args], message) => {
    const { code, stderr } = await run(action!, args, 'none');
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('refuses no password', async () => {
    expect(await run('add', ['ada'], 'none', '')).toMatchObject({ code: 1, stderr: 'There is no password.\n' });
  });

  it.runIf(hasHtpasswd)('understands htpasswd, and htpasswd understands it', async () => {
    const file = join(await folderWith({}), 'people');
    for (const flag of ['-B', '-m', '-2', '-5'])
      execFileSync('htpasswd', ['-b', '-c', flag, file, 'ada', 'secret'], { stdio: 'ignore' });
    expect((await run('verify', ['ada'], file)).code).toBe(0);
    writeFileSync(file, '');
    await run('add', ['bob'], file);
    expect(spawnSync('htpasswd', ['-vb', file, 'bob', 'secret']).status).toBe(0);
    expect(spawnSync('htpasswd', ['-vb', file, 'bob', 'wrong']).status).not.toBe(0);
  });
});

describe('readPassword()', () => {
  const terminal = (...chunks: string[]) =>
    Object.assign(Readable.from(chunks), { isTTY: true, setRawMode: () => undefined });
  it('reads the first line, and hides what is typed on a terminal', async () => {
    const shown: string[] = [];
    const show = (text: string) => void shown.push(text);
    expect(await readPassword(Readable.from(['secret\nmore']), show)).toBe('secret');
    expect(await readPassword(Readable.from([]), show)).toBeNull();
    expect(shown).toEqual([]);
    expect(await readPassword(terminal('secx', '\u007f', 'ret\r'), show)).toBe('secret');
    expect(await readPassword(terminal('sec\u0003'), show)).toBeNull();
    expect(shown.join('')).toBe('Password: \nPassword: \n');
  });
});
