import { execFileSync } from 'node:child_process';
import { mkdtemp, open, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileOpener, type OpenOutcome } from './open-file.ts';

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>();
  return { ...original, open: vi.fn(original.open), realpath: vi.fn(original.realpath) };
});

let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'open-file-'));
  await writeFile(join(root, 'a.txt'), 'abc');
  await symlink('/dev/zero', join(root, 'zero.txt'));
  if (process.platform !== 'win32') execFileSync('mkfifo', [join(root, 'pipe.txt')]);
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(() => vi.clearAllMocks());

const openAt = (name: string, staysInside = true): Promise<OpenOutcome> =>
  new FileOpener({ root, index: [], staysInside }).open({ names: [name], hasSlash: false });

const failure = (code: string): Error => Object.assign(new Error(code), { code });

describe('FileOpener', () => {
  it('opens a file once and says what it is', async () => {
    const outcome = await openAt('a.txt');
    expect(outcome).toMatchObject({ kind: 'opened', file: { name: 'a.txt', size: 3, mtimeNs: expect.any(BigInt) } });
    expect(open).toHaveBeenCalledTimes(1);
    if (outcome.kind === 'opened') await outcome.file.handle.close();
  });

  it.runIf(process.platform !== 'win32')('never opens a pipe or a device', async () => {
    for (const staysInside of [true, false]) {
      expect(await openAt('pipe.txt', staysInside)).toEqual({ kind: 'missing' });
      expect(await openAt('zero.txt', staysInside)).toEqual({ kind: 'missing' });
    }
    expect(open).not.toHaveBeenCalled();
  });

  it('does not wait for a pipe that took the place of a file, and closes it', async () => {
    const handle = { stat: async () => ({ isFile: () => false }), close: vi.fn(async () => undefined) };
    vi.mocked(open).mockResolvedValueOnce(handle as never);
    expect(await openAt('a.txt')).toEqual({ kind: 'missing' });
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
    expect(await openAt('a.txt')).toEqual({ kind: 'missing' });
  });

  it('finds out once where its folder is, and tries again after a failure', async () => {
    const opener = new FileOpener({ root, index: [], staysInside: false });
    vi.mocked(realpath).mockRejectedValueOnce(failure('ENOENT'));
    const gone = { names: ['gone'], hasSlash: false };
    await expect(opener.open(gone)).rejects.toMatchObject({ code: 'STATIC_READ_FAILED' });
    expect(await opener.open(gone)).toEqual({ kind: 'missing' });
    expect(await opener.open(gone)).toEqual({ kind: 'missing' });
    expect(realpath).toHaveBeenCalledTimes(2);
  });
});
