import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hashPassword } from '../../../packages/auth/src/index.ts';
import { execute, temporaryFolder } from './front-server-fixtures.ts';
import { site, start } from './supervised-fixtures.ts';

it('every worker serves FTP, and a reload keeps the port', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'public'));
  await writeFile(join(folder, 'public', 'a.txt'), 'hello');
  const hash = await hashPassword('secret');
  const ftp = (greeting: string) =>
    `ftp: [{ listen: "localhost:0", tls: none, root: "${folder}/public", greeting: ${greeting}, users: { list: { ada: "${hash}" } } }]\n`;
  const running = await start(site('one'), ftp('one'));
  const port = Number(/ftp:\/\/127\.0\.0\.1:(\d+)/.exec(running.output())?.[1]);
  const fetch = (...args: string[]) => execute('curl', ['-sS', '-v', '--max-time', '20', '-u', 'ada:secret', ...args]);
  const url = `ftp://127.0.0.1:${port}/a.txt`;
  for (let turn = 0; turn < 6; turn += 1) expect(await fetch(url)).toMatchObject({ code: 0, stdout: 'hello' });
  const text = await readFile(running.config, 'utf8');
  await writeFile(running.config, text.replace('greeting: one', 'greeting: two'));
  expect((await running.command('reload')).code).toBe(0);
  expect(await fetch(url)).toMatchObject({ code: 0, stderr: expect.stringContaining('220 two') });
  expect((await running.command('status')).stdout).not.toContain(`:${port}`);
});
