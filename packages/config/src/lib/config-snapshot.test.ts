import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testServices } from './config-fixtures.ts';
import { diskOf, recordDisk } from './config-snapshot.ts';
import { readConfig } from './read-config.ts';

const { clock } = testServices();
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snapshot-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('a snapshot reads the same in another process, whatever happens to the files', async () => {
  const file = join(folder, 'windhover.yaml');
  await mkdir(join(folder, 'sites'));
  await writeFile(file, 'listen: 80\ninclude: ["./sites/*.yaml", ./missing.yaml]\n');
  await writeFile(join(folder, 'sites/a.yaml'), 'sites: { a: 1 }\n');
  const disk = recordDisk();
  const before = await readConfig(file, {}, { clock, disk });
  const snapshot = JSON.parse(JSON.stringify(disk.snapshot())) as ReturnType<typeof disk.snapshot>;
  await writeFile(file, 'listen: 81\n');
  await writeFile(join(folder, 'sites/b.yaml'), 'sites: { b: 1 }\n');
  const after = await readConfig(file, {}, { clock, disk: diskOf(snapshot) });
  expect(after).toMatchObject({ value: { listen: 80, sites: { a: 1 } }, hasProblems: true });
  expect(JSON.stringify(after)).toBe(JSON.stringify(before));
});
