import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContentTags } from './content-tags.ts';
import type { FileFacts } from './file-facts.ts';
import { folderSource } from './folder-source.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'content-tags-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file of one byte, with given results of `look()`. */
const facts: FileFacts = { id: '1:2', size: 1, mtimeNs: 1n, ctimeNs: 1n };
const look = async (ctimeNs = 1n): Promise<FileFacts> => ({ ...facts, ctimeNs });

/** Long after every write of the test: the clock of the file system has gone on. */
const later = Date.now() + 3_600_000;

async function tagOf(tags: ContentTags, name: string, nowMs = later): Promise<string | null> {
  const found = await folderSource(folder).find([name]);
  const file = found?.kind === 'file' ? await found.open() : null;
  if (file === null) throw new Error(`${name} is missing`);
  try {
    return (await tags.find(file, file.facts, nowMs)) ?? null;
  } finally {
    await file.close();
  }
}

describe('ContentTags', () => {
  it('has another tag whenever the bytes differ, with the same size and the same stamped time', async () => {
    const tags = new ContentTags(1000);
    const seen: (string | null)[] = [];
    for (const text of ['one', 'two', 'one']) {
      await writeFile(join(folder, 'a'), text);
      await utimes(join(folder, 'a'), 0, 0);
      seen.push(await tagOf(tags, 'a', Date.now()));
    }
    expect(seen[0]).toMatch(/^[\w-]{22}$/);
    expect(seen[1]).not.toBe(seen[0]);
    expect(seen[2]).toBe(seen[0]);
  });

  it('has the same tag for the same bytes in another file at another time: on every server of a farm', async () => {
    await writeFile(join(folder, 'b'), 'same');
    await writeFile(join(folder, 'c'), 'same');
    await utimes(join(folder, 'c'), 1_000_000, 1_000_000);
    expect(await tagOf(new ContentTags(1000), 'b')).toBe(await tagOf(new ContentTags(1000), 'c'));
  });

  it('reads a version once, even when many ask at once', async () => {
    await writeFile(join(folder, 'd'), 'd');
    const tags = new ContentTags(1000);
    let reads = 0;
    const handle = {
      look: () => look(),
      read: async (into: Uint8Array) => {
        reads += 1;
        into[0] = 1;
        return 1;
      },
    };
    const find = (): Promise<unknown> => tags.find(handle as never, facts, later);
    await Promise.all([find(), find()]);
    await find();
    expect(reads).toBe(1);
    await tags.find(handle as never, { ...facts, ctimeNs: 2n }, later);
    expect(reads).toBe(2);
  });

  it('tries again after a failure', async () => {
    const tags = new ContentTags(1000);
    const broken = { read: () => Promise.reject(new Error('EIO')) };
    await expect(tags.find(broken as never, facts, later)).rejects.toThrow('EIO');
    const whole = { look: () => look(), read: async () => 1 };
    expect(await tags.find(whole as never, facts, later)).toMatch(/^[\w-]{22}$/);
  });

  it('has none for a version that was changed while it was read, and does not know it afterwards', async () => {
    const tags = new ContentTags(1000);
    const file = { look: () => look(2n), read: async () => 1 };
    const results = await Promise.all([tags.find(file as never, facts, later), tags.find(file as never, facts, later)]);
    expect(results).toEqual([undefined, undefined]);
    expect(tags.known(facts)).toBeUndefined();
  });

  it('has none for a file above the limit, and one for an empty file', async () => {
    await writeFile(join(folder, 'e'), 'x'.repeat(11));
    await writeFile(join(folder, 'f'), '');
    expect(await tagOf(new ContentTags(10), 'e')).toBeNull();
    expect(await tagOf(new ContentTags(11), 'e')).toMatch(/^[\w-]{22}$/);
    expect(await tagOf(new ContentTags(10), 'f')).toMatch(/^[\w-]{22}$/);
  });

  it('forgets the oldest when there are too many', async () => {
    const tags = new ContentTags(1000);
    let reads = 0;
    const handle = {
      look: () => look(),
      read: async () => {
        reads += 1;
        return 1;
      },
    };
    const find = (inode: number): Promise<unknown> => tags.find(handle as never, { ...facts, id: `1:${inode}` }, later);
    for (let inode = 0; inode <= 10_000; inode++) await find(inode);
    await find(10_000);
    expect(reads).toBe(10_001);
    await find(0);
    expect(reads).toBe(10_002);
  });
});
