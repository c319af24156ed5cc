import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { createDiskStore } from '../src/index.ts';
import { read } from './store-fixtures.ts';

const program = fileURLToPath(new URL('write-much.mjs', import.meta.url));
const answers = (await import(new URL('numbered-answers.mjs', import.meta.url).href)) as {
  contentOf(number: number): Uint8Array;
};

it('a process that is killed while it writes 1,000 answers leaves only whole ones', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'disk-crash-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const child = fork(program, [folder], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const stored = new Set<number>();
  child.on('message', (number: number) => {
    stored.add(number);
    if (stored.size === 1000) child.kill('SIGKILL');
  });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);

  const store = createDiskStore(folder);
  const counts = { found: 0, lost: 0 };
  for (let number = 0; number < 2000; number++) {
    const [entry] = await store.get(`k${number}`);
    if (entry === undefined) {
      if (stored.has(number)) counts.lost += 1;
      continue;
    }
    counts.found += 1;
    expect(entry.meta.fields).toEqual(['x-number', String(number), 'X-Number']);
    expect(Buffer.from(await read(entry)).equals(answers.contentOf(number))).toBe(true);
  }
  expect(counts.found).toBeGreaterThanOrEqual(990);
  expect(counts.lost).toBeLessThan(10); // a description that was just written again
  expect(store.size).toBe(counts.found);
  await store.close();
  expect(await readdir(join(folder, 'tmp'))).toEqual([]);
});
