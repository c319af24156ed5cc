import { spawn } from 'node:child_process';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createManualClock } from '@windhover/testing';
import { expect, it, onTestFinished } from 'vitest';
import { createLogSinks } from '../src/index.ts';
import { filesOf, keepLog, temporaryFolder } from './sink-fixtures.ts';

const program = fileURLToPath(new URL('rotate-much.mjs', import.meta.url));

it('several processes that write to a file and rotate it lose, split and repeat no line', async () => {
  const folder = await temporaryFolder();
  const [count, names] = [3000, ['a', 'b', 'c']];
  await Promise.all(
    names.map(async (name) => {
      const args = [program, join(folder, 'access.log'), name, String(count)];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
      expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    }),
  );
  const files = await filesOf(folder);
  const lines = Object.values(files).flatMap((text) => text.split('\n').slice(0, -1));
  const expected = names.flatMap((name) => Array.from({ length: count }, (_, number) => `${name} ${number}`));
  expect(Object.keys(files).length).toBeGreaterThan(5);
  expect(lines.sort()).toEqual(expected.sort());
});

it('a lock that a crashed process left does not stop rotation for ever', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'access.log');
  await writeFile(path, 'old\n');
  await mkdir(`${path}.rotating`);
  await utimes(`${path}.rotating`, 0, 0);
  const sinks = createLogSinks({ log: keepLog(), clock: createManualClock() });
  onTestFinished(() => sinks.close());
  const sink = sinks.file(path, { rotate: { sizeBytes: 5 } });
  for (const line of ['1\n', '2\n']) {
    sink.write(line);
    await sink.flush();
  }
  expect(await filesOf(folder)).toEqual({ 'access.log': '2\n', 'access.log.1': 'old\n1\n' });
});
