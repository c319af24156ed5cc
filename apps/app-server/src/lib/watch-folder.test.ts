import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { watchFolder } from './watch-folder.ts';

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
