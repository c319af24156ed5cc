import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from './sink-fixtures.ts';

const program = fileURLToPath(new URL('log-until-exit.mjs', import.meta.url));

it.each(['exit', 'throw', 'end'])('no line is lost or split when the process ends: %s', async (ending) => {
  const file = join(await temporaryFolder(), 'access.log');
  const count = 30_000;
  const args = [program, file, String(count), ending];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  await new Promise((resolve) => child.once('close', resolve));
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n').map(Number);
  expect(new Set(lines).size).toBe(count);
  expect(lines).toHaveLength(count);
});
