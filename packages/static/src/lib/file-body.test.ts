import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadBody } from '@windhover/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileBody } from './file-body.ts';

let folder = '';
const large = Buffer.alloc(200_000, 'abcdefgh');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-body-'));
  await writeFile(join(folder, 'large'), large);
});
afterAll(() => rm(folder, { recursive: true }));

const openLarge = () => open(join(folder, 'large'));

describe('fileBody()', () => {
  it('reads up to 64 KiB at once and closes the file', async () => {
    const handle = await openLarge();
    const body = await fileBody(handle, 3, 65_536);
    expect(Buffer.from(body as Uint8Array).equals(large.subarray(3, 3 + 65_536))).toBe(true);
    expect(handle.fd).toBe(-1);
  });

  it('reads nothing of an empty file', async () => {
    const handle = await openLarge();
    expect(await fileBody(handle, 0, 0)).toEqual(new Uint8Array(0));
    expect(handle.fd).toBe(-1);
  });

  it('fails when the file is shorter than it was, and closes it', async () => {
    const handle = await openLarge();
    await expect(fileBody(handle, 199_990, 20)).rejects.toMatchObject({ code: 'STATIC_READ_FAILED' });
    expect(handle.fd).toBe(-1);
  });

  it('reads more as it is asked for, never beyond its part', async () => {
    const handle = await openLarge();
    const body = (await fileBody(handle, 1, 100_000)) as ReadBody;
    const into = new Uint8Array(64 * 1024);
    expect([body.length, await body.read(into, 0), await body.read(into, 99_990)]).toEqual([100_000, 65_536, 10]);
    expect(Buffer.from(into.subarray(0, 10)).equals(large.subarray(99_991, 100_001))).toBe(true);
    body.close();
    body.close();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(handle.fd).toBe(-1);
  });
});
