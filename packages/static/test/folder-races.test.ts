import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { folderSource } from '../src/index.ts';

it('does not follow a link that replaces a folder between finding and opening (no way out)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'static-races-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'root/docs'), { recursive: true });
  await mkdir(join(folder, 'outside'));
  await writeFile(join(folder, 'root/docs/a.txt'), 'inside');
  await writeFile(join(folder, 'outside/a.txt'), 'SECRET');
  const source = folderSource(join(folder, 'root'));
  const find = async (): Promise<() => Promise<unknown>> => {
    const found = await source.find(['docs', 'a.txt']);
    if (found?.kind !== 'file') throw new Error('it was not found');
    return () => Promise.resolve(found.open());
  };

  const open = await find();
  await rename(join(folder, 'root/docs'), join(folder, 'root/old'));
  await symlink(join(folder, 'outside'), join(folder, 'root/docs'));
  expect(await open()).toBeNull();

  await rm(join(folder, 'root/docs'));
  await rename(join(folder, 'root/old'), join(folder, 'root/docs'));
  const file = (await (await find())()) as { close(): Promise<void> };
  expect(file).not.toBeNull();
  await file.close();
});
