import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, open, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OpenFile } from '../src/lib/file-source.ts';
import { folderSource } from '../src/lib/folder-source.ts';

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>();
  return { ...original, open: vi.fn(original.open), realpath: vi.fn(original.realpath) };
});

let root = '';

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'open-file-'))); // without a link in it, as on macOS
  await writeFile(join(root, 'a.txt'), 'abc');
  await symlink('/dev/zero', join(root, 'zero.txt'));
  if (process.platform !== 'win32') execFileSync('mkfifo', [join(root, 'pipe.txt')]);
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(() => vi.clearAllMocks());

const openAt = async (name: string, symlinks: 'inside' | 'follow' = 'inside'): Promise<OpenFile | null> => {
  const entry = await folderSource(root, { symlinks }).find([name]);
  return entry?.kind === 'file' ? entry.open() : null;
};

const failure = (code: string): Error => Object.assign(new Error(code), { code });

describe('folderSource()', () => {
  it('opens a file once and says what it is', async () => {
    const file = await openAt('a.txt');
    expect(file?.facts).toMatchObject({ size: 3, mtimeNs: expect.any(BigInt) });
    expect(open).toHaveBeenCalledTimes(1);
    await file?.close();
  });

  it.runIf(process.platform !== 'win32')('never opens a pipe or a device', async () => {
    for (const symlinks of ['inside', 'follow'] as const) {
      expect(await openAt('pipe.txt', symlinks)).toBeNull();
      expect(await openAt('zero.txt', symlinks)).toBeNull();
    }
    expect(open).not.toHaveBeenCalled();
  });

  it('does not wait for a pipe that took the place of a file, and closes it', async () => {
    const handle = { stat: async () => ({ isFile: () => false }), close: vi.fn(async () => undefined) };
    vi.mocked(open).mockResolvedValueOnce(handle as never);
    expect(await openAt('a.txt')).toBeNull();
    expect(handle.close).toHaveBeenCalledTimes(1);
  });

  it('closes a file that tells nothing about itself', async () => {
    const handle = { stat: () => Promise.reject(failure('EIO')), close: vi.fn(async () => undefined) };
    vi.mocked(open).mockResolvedValueOnce(handle as never);
    await expect(openAt('a.txt')).rejects.toMatchObject({ code: 'STATIC_READ_FAILED' });
    expect(handle.close).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['EMFILE', 503],
    ['EACCES', 403],
    ['EIO', 500],
  ])('fails when open() does with %s', async (code, status) => {
    vi.mocked(open).mockRejectedValueOnce(failure(code));
    await expect(openAt('a.txt')).rejects.toMatchObject({ status, cause: { code } });
  });

  it('takes a file that is gone when it is opened for missing', async () => {
    vi.mocked(open).mockRejectedValueOnce(failure('ENOENT'));
    expect(await openAt('a.txt')).toBeNull();
  });

  it('finds out once where its folder is, and tries again after a failure', async () => {
    const source = folderSource(root, { symlinks: 'follow' });
    vi.mocked(realpath).mockRejectedValueOnce(failure('ENOENT'));
    await expect(source.find(['gone'])).rejects.toMatchObject({ code: 'STATIC_READ_FAILED' });
    expect(await source.find(['gone'])).toBeNull();
    expect(await source.find(['gone'])).toBeNull();
    expect(realpath).toHaveBeenCalledTimes(2);
  });

  it.runIf(process.platform !== 'win32')('follows a folder that is a link to another one, at any time', async () => {
    for (const version of ['one', 'two']) {
      await mkdir(join(root, version));
      await writeFile(join(root, version, 'a.txt'), version);
    }
    await symlink('one', join(root, 'current'));
    const source = folderSource(join(root, 'current'));
    const found = await source.find(['a.txt']);
    await symlink('two', join(root, 'next'));
    await rename(join(root, 'next'), join(root, 'current'));
    const textOf = async (entry: typeof found): Promise<string> => {
      const file = entry?.kind === 'file' ? await entry.open() : null;
      const bytes = Buffer.alloc(3);
      await file!.read(bytes, 0);
      await file!.close();
      return bytes.toString();
    };
    expect(await textOf(found)).toBe('one'); // it was found before
    expect(await textOf(await source.find(['a.txt']))).toBe('two');
  });
});
