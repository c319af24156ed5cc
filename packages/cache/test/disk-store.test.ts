import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CacheStore } from '../src/lib/cache-store.ts';
import { cacheStoreRules } from '../src/lib/cache-store-rules.ts';
import { createDiskStore, type DiskStore, type DiskStoreOptions } from '../src/lib/create-disk-store.ts';
import { metaOf } from '../src/lib/plain-meta.ts';
import { contentOf, put, read } from './store-fixtures.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'disk-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A store in a new folder. It is closed before the folder is removed. */
function openIn(folder: string, options: DiskStoreOptions = {}): DiskStore {
  const store = createDiskStore(folder, options);
  onTestFinished(() => store.close());
  return store;
}

/** The files of stored answers. */
async function filesIn(folder: string): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return all.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
}

const keysOf = async (store: CacheStore, count: number): Promise<number> => {
  let found = 0;
  for (let index = 0; index < count; index++) found += (await store.get(`k${index}`)).length;
  return found;
};

describe('createDiskStore()', () => {
  for (const rule of cacheStoreRules) it(rule.name, () => rule.run(async () => openIn(await newFolder())));

  it('finds after a restart what was stored, with its changed description', async () => {
    const folder = await newFolder();
    const first = openIn(folder);
    await put(first, metaOf('k', { tags: ['red'] }), contentOf(200_000));
    const [entry] = await first.get('k');
    first.update(entry!, { ...entry!.meta, lifetimeSeconds: 5, tags: ['a longer tag than before'] });
    await first.close();
    const second = openIn(folder);
    const [found] = await second.get('k');
    expect(found!.meta).toEqual({ ...entry!.meta, length: 200_000 });
    expect(await read(found!)).toEqual(contentOf(200_000));
    expect([await second.purge({ tag: 'red' }, false), await second.purge({ all: true }, false)]).toEqual([0, 1]);
    await second.close();
    expect(await filesIn(folder)).toEqual([]);
  });

  it('finds nothing after a restart that was purged, hard or softly, even if it was not yet read', async () => {
    const folder = await newFolder();
    const first = openIn(folder);
    for (let index = 0; index < 20; index++)
      await put(first, metaOf(`k${index}`, { tags: [`t${index % 2}`] }), contentOf(10));
    await first.close();
    const second = openIn(folder);
    expect(await second.purge({ tag: 't0' }, false)).toBe(10);
    expect(await second.purge({ tag: 't1' }, true)).toBe(10);
    await second.close();
    const third = openIn(folder);
    expect(await keysOf(third, 20)).toBe(10);
    const [softened] = await third.get('k1');
    expect(softened!.meta.lifetimeSeconds).toBeLessThanOrEqual(softened!.meta.initialAgeSeconds);
  });

  it.each([
    ['a byte of a small content', 100, 50],
    ['a byte of the first block', 200_000, 60_000],
    ['a byte of the description', 100, -60],
    ['a byte of a checksum', 100, 101],
  ])('gives nothing away of a file with another value in %s', async (_what, length, at) => {
    const folder = await newFolder();
    const warnings: string[] = [];
    const store = openIn(folder, { log: { warn: (message) => void warnings.push(message) } });
    await put(store, metaOf('k'), contentOf(length));
    await store.purge({ tag: 'none' }, false); // everything was read then
    const [file] = await filesIn(folder);
    const bytes = await readFile(file!);
    bytes[at < 0 ? bytes.byteLength + at : at]! ^= 1;
    await writeFile(file!, bytes);
    const isInContent = at > 0 && at < length;
    const [entry] = await store.get('k');
    const body = await entry!.open();
    body?.close();
    expect(body === null).toBe(isInContent); // the rest of the file is in memory, and right
    const restarted = openIn(folder);
    const [found] = await restarted.get('k');
    expect(await found?.open()).toBeFalsy();
    expect(await restarted.get('k')).toEqual([]);
    await store.close();
    await restarted.close();
    expect([await filesIn(folder), warnings.length]).toEqual([[], isInContent ? 1 : 0]);
  });

  it('cuts a large content at a damaged block, and forgets it', async () => {
    const folder = await newFolder();
    const warnings: string[] = [];
    const store = openIn(folder, { log: { warn: (message) => void warnings.push(message) } });
    await put(store, metaOf('k'), contentOf(400_000));
    const [file] = await filesIn(folder);
    const bytes = await readFile(file!);
    bytes[300_000]! ^= 1;
    await writeFile(file!, bytes);
    const [entry] = await store.get('k');
    await expect(read(entry!)).rejects.toMatchObject({ code: 'CACHE_ENTRY_DAMAGED' });
    expect(await store.get('k')).toEqual([]);
    await store.close();
    expect([await filesIn(folder), warnings]).toEqual([
      [],
      ['A stored answer is damaged and was removed: A stored answer is damaged on disk: block 4 has another checksum'],
    ]);
  });

  it('removes what is not whole, and leaves files alone that are not its own', async () => {
    const folder = await newFolder();
    const first = openIn(folder);
    for (let index = 0; index < 4; index++) await put(first, metaOf(`k${index}`), contentOf(100_000));
    const files = await filesIn(folder);
    await truncate(files[0]!, 60_000);
    await truncate(files[1]!, 0);
    await writeFile(files[2]!, contentOf(5000));
    const foreign = join(folder, files[3]!.slice(folder.length + 1, folder.length + 3), 'notes.txt');
    await writeFile(foreign, 'mine');
    await writeFile(join(folder, 'notes.txt'), 'mine too');
    const ended = await endedProcess();
    await writeFile(join(folder, 'tmp', `${ended}-00000000-0-abcdef01`), 'half');
    // In a container, a server has the same number after a restart.
    await writeFile(join(folder, 'tmp', `${process.pid}-00000000-0-abcdef01`), 'half, by an earlier process');
    const alive = join(folder, 'tmp', `${process.ppid}-00000000-0-abcdef01`);
    await writeFile(alive, 'still being written');
    const second = openIn(folder);
    expect(await keysOf(second, 4)).toBe(1);
    await second.purge({ tag: 'none' }, false); // everything was read then
    await second.close();
    expect((await filesIn(folder)).sort()).toEqual([files[3]!, foreign, join(folder, 'notes.txt'), alive].sort());
  });

  it('never takes more than maxBytes, on disk too', async () => {
    const folder = await newFolder();
    const store = openIn(folder, { maxBytes: 100 * 8192 });
    for (let index = 0; index < 300; index++) await put(store, metaOf(`k${index}`), contentOf(6000));
    await store.close();
    expect(store.bytes).toBeLessThanOrEqual(100 * 8192);
    expect(store.size).toBe((await filesIn(folder)).length);
    expect(store.size).toBeGreaterThan(80);
    const smaller = openIn(folder, { maxBytes: 10 * 8192 });
    await smaller.purge({ tag: 'none' }, false);
    await smaller.close();
    expect((await filesIn(folder)).length).toBe(smaller.size);
    expect(smaller.size).toBeLessThanOrEqual(10);
  });

  it('makes files and folders that only their owner can read', async () => {
    const folder = join(await newFolder(), 'made', 'for it');
    const store = openIn(folder);
    await put(store, metaOf('../../../etc/passwd'), contentOf(10));
    const [file] = await filesIn(folder);
    const modes = await Promise.all(
      [folder, join(folder, 'tmp'), join(file!, '..'), file!].map(async (path) => (await stat(path)).mode & 0o777),
    );
    expect(modes).toEqual([0o700, 0o700, 0o700, 0o600]);
    expect(file!.slice(folder.length)).toMatch(/^\/[0-9a-f]{2}\/[0-9a-f]{32}-[0-9a-f]{16}$/);
  });

  it('goes on when its folder is removed, and makes it again', async () => {
    const folder = join(await newFolder(), 'cache');
    const warnings: string[] = [];
    const store = openIn(folder, { log: { warn: (message) => void warnings.push(message) } });
    await put(store, metaOf('a'), contentOf(10));
    await rm(folder, { recursive: true });
    const [lost] = await store.get('a');
    expect(await lost!.open()).toBeNull();
    expect(await store.get('a')).toEqual([]);
    await put(store, metaOf('b'), contentOf(100_000));
    expect(await read((await store.get('b'))[0]!)).toEqual(contentOf(100_000));
    expect(warnings).toEqual([]);
  });

  it('stores nothing if its folder cannot be used, and says so once', async () => {
    const folder = join(await newFolder(), 'file');
    await writeFile(folder, 'a file');
    const warnings: string[] = [];
    const clock = createManualClock();
    const store = openIn(folder, { clock, log: { warn: (message) => void warnings.push(message) } });
    for (const length of [10, 500_000]) await put(store, metaOf(`k${length}`), contentOf(length));
    expect([await store.get('k10'), store.size, warnings.length]).toEqual([[], 0, 1]);
    expect(warnings[0]).toContain('The cache cannot use its folder: ENOTDIR');
    clock.advance(11 * 60_000);
    await put(store, metaOf('k'), contentOf(10));
    expect(warnings.length).toBe(2);
  });

  it('shares a folder with another process, which hears what is stored, changed and removed', async () => {
    const folder = await newFolder();
    const listeners: ((message: unknown) => void)[] = [];
    const busOf = (own: number) => ({
      publish: (message: unknown) =>
        listeners.forEach((hear, index) => void (index !== own && hear(structuredClone(message)))),
      subscribe: (hear: (message: unknown) => void) => {
        listeners[own] = hear;
        return () => undefined;
      },
    });
    const [left, right] = [openIn(folder, { bus: busOf(0) }), openIn(folder, { bus: busOf(1) })];
    await left.get('k');
    await right.get('k');
    await put(left, metaOf('k'), contentOf(100));
    await expect.poll(async () => (await right.get('k')).length).toBe(1);
    expect(await read((await right.get('k'))[0]!)).toEqual(contentOf(100));
    await put(right, metaOf('k'), contentOf(200)); // replaces it
    await expect.poll(async () => (await left.get('k'))[0]?.meta.length).toBe(200);
    const [entry] = await left.get('k');
    left.update(entry!, { ...entry!.meta, lifetimeSeconds: 7 });
    await expect.poll(async () => (await right.get('k'))[0]?.meta.lifetimeSeconds).toBe(7);
    await left.purge({ all: true }, false);
    await expect.poll(async () => (await right.get('k')).length).toBe(0);
    await Promise.all([left.close(), right.close()]);
    expect(await filesIn(folder)).toEqual([]);
  });

  it('refuses an option that does not exist', () => {
    expect(() => createDiskStore('/tmp', { maxSize: 1 } as never)).toThrow(
      expect.objectContaining({ code: 'CACHE_OPTION_INVALID' }),
    );
  });
});

/** The number of a process that has ended. */
function endedProcess(): Promise<number> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['-e', ''], () => resolve(child.pid!));
  });
}
