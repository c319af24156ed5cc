import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { folderState, watchFolder } from './watch-folder.ts';

it('calls back once for several changes, and not for dependencies and hidden files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'watch-'));
  await mkdir(join(folder, 'node_modules'));
  await mkdir(join(folder, 'routes'));
  let calls = 0;
  let told: () => void = () => undefined;
  const watcher = watchFolder(folder, () => {
    calls += 1;
    told();
  });
  onTestFinished(async () => {
    watcher.close();
    await rm(folder, { recursive: true });
  });
  const next = (): Promise<void> => new Promise((resolve) => (told = resolve));

  const first = next();
  await writeFile(join(folder, 'a.mjs'), '1');
  await writeFile(join(folder, 'b.mjs'), '1');
  await first;
  expect(calls).toBe(1);

  const second = next();
  await writeFile(join(folder, 'node_modules/c.js'), '1');
  await writeFile(join(folder, '.env'), '1');
  await writeFile(join(folder, 'routes/d.mjs'), '1');
  await second;
  expect(calls).toBe(2);
});

it('ends with links that lead to each other, and knows when a linked file changes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'watch-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'app'));
  for (const name of ['one', 'two']) await symlink('..', join(folder, 'app', name));
  await symlink('itself', join(folder, 'app/itself'));
  await writeFile(join(folder, 'linked'), '1');
  await symlink('../linked', join(folder, 'app/linked'));
  const before = folderState(join(folder, 'app'));
  expect(before.split('\n')).toHaveLength(2); // one line
  await writeFile(join(folder, 'linked'), '22');
  expect(folderState(join(folder, 'app'))).not.toBe(before);
});

it('tells of a change since a state that was taken before', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'watch-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const before = folderState(folder);
  await writeFile(join(folder, 'a.mjs'), '1');
  await new Promise<void>((resolve) => {
    const watcher = watchFolder(folder, resolve, before);
    onTestFinished(() => watcher.close());
  });
  expect(folderState(folder)).not.toBe(before);
});
