import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadBody } from '@windhover/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FileBody } from './file-body.ts';
import type { OpenFile } from './file-source.ts';
import { folderSource } from './folder-source.ts';

let folder = '';
const large = Buffer.alloc(200_000, 'abcdefgh');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-body-'));
  await writeFile(join(folder, 'large'), large);
});
afterAll(() => rm(folder, { recursive: true }));

async function openLarge(): Promise<OpenFile> {
  const found = await folderSource(folder).find(['large']);
  const file = found?.kind === 'file' ? await found.open() : null;
  return { ...file!, read: vi.fn((into, at) => file!.read(into, at)), close: vi.fn(() => file!.close()) };
}

describe('FileBody', () => {
  it('reads more as it is asked for, never beyond its part', async () => {
    const handle = await openLarge();
    const body: ReadBody = new FileBody(handle, 1, 100_000, null);
    const into = new Uint8Array(64 * 1024);
    expect([body.length, await body.read(into, 0), await body.read(into, 99_990)]).toEqual([100_000, 65_536, 10]);
    expect(Buffer.from(into.subarray(0, 10)).equals(large.subarray(99_991, 100_001))).toBe(true);
    body.close();
    body.close();
    expect(handle.close).toHaveBeenCalledTimes(1);
  });

  it('asks once whether the file is still the same: when its last byte was read', async () => {
    const handle = await openLarge();
    const answers = [true, false];
    const body = new FileBody(handle, 1, 1000, async () => answers.shift()!);
    const into = new Uint8Array(999);
    expect([await body.read(into, 0), answers.length]).toEqual([999, 2]);
    expect([await body.read(into, 999), answers.length]).toEqual([1, 1]);
    await expect(body.read(into, 999)).rejects.toMatchObject({ code: 'STATIC_FILE_CHANGED' });
    await handle.close();
  });
});
