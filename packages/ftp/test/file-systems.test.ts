import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createFolderFileSystem,
  createMemoryFileSystem,
  createZipFileSystem,
  type FtpFileSystem,
  partOf,
  withFolders,
} from '../src/index.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ftp-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(files: FtpFileSystem, path: string, text: string, options = {}): Promise<void> {
  const writer = await files.write!(path, options);
  await writer.write(Buffer.from(text));
  await writer.commit();
}

async function get(files: FtpFileSystem, path: string, startAt = 0): Promise<string> {
  const reader = await files.read(path, startAt);
  const buffer = Buffer.alloc(100);
  let text = '';
  for (let bytes = await reader.read(buffer); bytes > 0; bytes = await reader.read(buffer))
    text += buffer.subarray(0, bytes);
  await reader.close();
  return text;
}

async function names(files: FtpFileSystem, path: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of files.list(path)) found.push(name);
  return found.sort();
}

const fault = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: { readonly fault?: string }) => error.fault ?? String(error),
  );

describe.each<[string, () => FtpFileSystem]>([
  ['a folder', () => createFolderFileSystem(folder)],
  ['a folder with whole uploads', () => createFolderFileSystem(folder, { uploads: 'whole' })],
  ['memory', () => createMemoryFileSystem()],
  [
    'a part of another',
    () => {
      const files = createMemoryFileSystem({ '/deep/er/x': '' });
      void files.removeFile!('/deep/er/x');
      return partOf(files, '/deep/er');
    },
  ],
])('the files of %s', (_name, make) => {
  it('are written, resumed, appended, read and listed', async () => {
    const files = make();
    await files.makeFolder!('/docs');
    await put(files, '/docs/a', 'hello');
    await put(files, '/docs/a', 'LO!', { startAt: 3 });
    await put(files, '/docs/a', '?', { append: true });
    expect(await get(files, '/docs/a')).toBe('helLO!?');
    expect(await get(files, '/docs/a', 5)).toBe('!?');
    await put(files, '/docs/a', 'new');
    expect(await get(files, '/docs/a')).toBe('new');
    expect([await names(files, '/'), await names(files, '/docs')]).toEqual([['docs'], ['a']]);
    expect(await files.stat('/docs/a')).toMatchObject({ name: 'a', kind: 'file', size: 3 });
  });

  it('are as they were when a limit refuses what replaces or continues them', async () => {
    const files = make();
    await put(files, '/a', 'old');
    for (const options of [{ keepsReplaced: true }, { startAt: 3 }, { append: true }]) {
      const writer = await files.write!('/a', options);
      await writer.write(Buffer.from('longer'));
      await writer.abort(true);
      expect(await get(files, '/a')).toBe('old');
    }
    for (const options of [{ keepsReplaced: true }, {}, { append: true }, { exclusive: true }]) {
      const writer = await files.write!('/b', options);
      await writer.write(Buffer.from('longer'));
      await writer.abort(true);
      expect(await names(files, '/')).toEqual(['a']);
    }
    await put(files, '/a', 'new', { keepsReplaced: true });
    expect(await get(files, '/a')).toBe('new');
  });

  it('are renamed and removed', async () => {
    const files = make();
    await put(files, '/a', '1');
    await put(files, '/b', '2');
    expect(await fault(files.rename!('/a', '/b'))).toBe('exists');
    await files.rename!('/a', '/c');
    await files.removeFile!('/b');
    expect(await names(files, '/')).toEqual(['c']);
    await files.setModified!('/c', 1_700_000_000_000);
    await files.setMode!('/c', 0o7600);
    expect(await files.stat('/c')).toMatchObject({ modifiedMs: 1_700_000_000_000, mode: 0o600 });
  });

  it('say what is wrong', async () => {
    const files = make();
    await files.makeFolder!('/docs');
    await put(files, '/docs/a', '1');
    expect(await files.stat('/none')).toBeNull();
    expect(await fault(files.read('/none', 0))).toBe('not-found');
    expect(await fault(files.read('/docs', 0))).toBe('not-a-file');
    expect(await fault(files.read('/docs/a', 2))).toBe('bad-offset');
    expect(await fault(files.write!('/docs/a', { startAt: 2 }))).toBe('bad-offset');
    expect(await fault(files.write!('/docs/a', { exclusive: true }))).toBe('exists');
    expect(await fault(files.write!('/docs', {}))).toBe('not-a-file');
    expect(await fault(files.write!('/no/a', {}))).toBe('not-found');
    expect(await fault(files.makeFolder!('/docs'))).toBe('exists');
    expect(await fault(files.removeFolder!('/docs'))).toBe('not-empty');
    expect(await fault(files.removeFile!('/docs'))).toBe('not-a-file');
    expect(await fault(names(files, '/docs/a'))).toBe('not-a-folder');
  });
});

describe('createFolderFileSystem()', () => {
  it('has no way out by links, for reading or writing', async () => {
    await mkdir(join(folder, 'root'));
    await mkdir(join(folder, 'out'));
    await writeFile(join(folder, 'out', 'secret'), 'secret');
    await writeFile(join(folder, 'root', 'a'), 'inside');
    await symlink('../out', join(folder, 'root', 'out'));
    await symlink('../out/secret', join(folder, 'root', 'secret'));
    await symlink('a', join(folder, 'root', 'link'));
    const files = createFolderFileSystem(join(folder, 'root'));
    expect(await names(files, '/')).toEqual(['a', 'link']);
    expect(await get(files, '/link')).toBe('inside');
    for (const path of ['/secret', '/out/secret']) expect(await fault(files.read(path, 0))).toBe('denied');
    for (const path of ['/secret', '/out/new', '/link']) expect(await fault(files.write!(path, {}))).toBe('denied');
    expect(await fault(files.makeFolder!('/out/new'))).toBe('denied');
    expect(await fault(files.rename!('/a', '/out/a'))).toBe('denied');
    expect(await fault(files.setMode!('/secret', 0o777))).toBe('denied');
    await files.removeFile!('/secret');
    expect(await readFile(join(folder, 'out', 'secret'), 'utf8')).toBe('secret');
  });

  it('shows a whole upload only when it is there, and leaves nothing of one that broke off', async () => {
    const files = createFolderFileSystem(folder, { uploads: 'whole' });
    await put(files, '/a', 'old');
    const writer = await files.write!('/a', {});
    await writer.write(Buffer.from('new'));
    expect([await get(files, '/a'), await names(files, '/')]).toEqual(['old', ['a']]);
    expect(await readdir(folder)).toHaveLength(2);
    await writer.abort();
    expect([await get(files, '/a'), await readdir(folder)]).toEqual(['old', ['a']]);
  });

  it('shows what a killed process has left, a day later, so that it can be removed', async () => {
    const files = createFolderFileSystem(folder, { uploads: 'whole' });
    const writer = await files.write!('/a', {});
    await writer.write(Buffer.from('half')); // and the process is killed
    const [name] = await readdir(folder);
    expect([await names(files, '/'), await files.stat(`/${name}`)]).toEqual([[], null]);
    expect(await fault(files.removeFile!(`/${name}`))).toBe('bad-name');
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(join(folder, name!), yesterday, yesterday);
    expect([await names(files, '/'), await files.stat(`/${name}`)]).toMatchObject([[name], { size: 4 }]);
    await files.removeFile!(`/${name}`);
    expect(await readdir(folder)).toEqual([]);
    await writer.abort();
  });

  it('keeps a part of an upload for its resumption, or not', async () => {
    for (const keepPartialUploads of [true, false]) {
      const files = createFolderFileSystem(folder, { keepPartialUploads });
      const writer = await files.write!('/a', {});
      await writer.write(Buffer.from('half'));
      await writer.abort();
      expect((await files.stat('/a')) === null).toBe(!keepPartialUploads);
    }
  });

  it('lists many entries as they come', async () => {
    const all = Array.from({ length: 200 }, (_, index) => `f${String(index).padStart(3, '0')}`);
    await Promise.all(all.map((name) => writeFile(join(folder, name), '')));
    expect(await names(createFolderFileSystem(folder), '/')).toEqual(all);
  });
});

describe('createZipFileSystem()', () => {
  const archive = zipSync({ 'a/b.txt': Buffer.from('hello'), '../up': Buffer.from('x'), top: Buffer.from('') });
  it('reads an archive, keeps its names inside, and changes nothing', async () => {
    const files = createZipFileSystem(archive);
    expect([await names(files, '/'), await names(files, '/a')]).toEqual([['a', 'top', 'up'], ['b.txt']]);
    expect(await get(files, '/a/b.txt', 1)).toBe('ello');
    expect(files.write).toBeUndefined();
    expect(await fault(withFolders(files, { '/m': createMemoryFileSystem() }).removeFile!('/top'))).toBe('read-only');
  });

  it('refuses to unpack more than allowed', async () => {
    expect(await fault(createZipFileSystem(archive, { maxFileBytes: 4 }).read('/a/b.txt', 0))).toBe('denied');
  });
});

describe('withFolders()', () => {
  it('shows virtual folders, and keeps them where they are', async () => {
    const base = createMemoryFileSystem({ '/a': '1', '/shared/hidden': 'x' });
    const files = withFolders(base, { '/shared': createMemoryFileSystem({ '/b': '2' }) });
    expect([await names(files, '/'), await names(files, '/shared'), await get(files, '/shared/b')]).toEqual([
      ['a', 'shared'],
      ['b'],
      '2',
    ]);
    expect(await files.stat('/shared')).toMatchObject({ name: 'shared', kind: 'folder' });
    expect(await fault(files.rename!('/shared', '/x'))).toBe('denied');
    expect(await fault(files.removeFolder!('/shared'))).toBe('denied');
    expect(await fault(files.rename!('/a', '/shared/a'))).toBe('denied');
  });
});
