import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { FtpState } from '@windhover/admin';
import { expect, it } from 'vitest';
import { hashPassword } from '../../../packages/auth/src/index.ts';
import { FtpClient } from '../../../packages/ftp/test/ftp-client.ts';
import { startManaged } from './admin-fixtures.ts';
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
  const status = (await running.command('status')).stdout;
  expect(status).toMatch(new RegExp(`\\n +ftp +ftp://127\\.0\\.0\\.1:${port}\\n`));
  expect(status).not.toMatch(new RegExp(`open .*:${port}`));
});

it('workers serve FTP without sites', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.txt'), 'hello');
  const running = await start(
    `ftp: [{ listen: "127.0.0.1:0", tls: none, root: "${folder}", anonymous: true }]\n`,
    '',
    2,
    null,
  );
  const port = Number(/ftp:\/\/127\.0\.0\.1:(\d+)/.exec(running.output())?.[1]);
  const fetched = await execute('curl', ['-sS', '--max-time', '20', `ftp://127.0.0.1:${port}/a.txt`]);
  expect(fetched).toMatchObject({ code: 0, stdout: 'hello' });
  const status = JSON.parse((await running.command('status', '--json')).stdout) as object;
  expect(status).toMatchObject({ listen: [], ftp: [`ftp://127.0.0.1:${port}`] });
});

/** Two workers with the user Ada; an HTTP listener and FTP both have any free port of one address. */
async function startWithAda(options: string) {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'LocalUser', 'ada'), { recursive: true });
  const hash = await hashPassword('secret');
  const running = await start(
    site('one'),
    `ftp: [{ listen: "127.0.0.1:0", tls: none, root: "${folder}", isolation: isolate-all, users: { list: { ada: "${hash}" } }, ${options} }]\n`,
  );
  return { running, folder, port: Number(/ftp:\/\/127\.0\.0\.1:(\d+)/.exec(running.output())?.[1]) };
}

/** So many sessions that both workers have some. */
async function twelveSessions(port: number): Promise<FtpClient[]> {
  const clients: FtpClient[] = [];
  for (let turn = 0; turn < 12; turn += 1) clients.push(await FtpClient.logIn(port));
  return clients;
}

it('limits of sessions, quotas and failed logins hold for all workers together', { timeout: 60_000 }, async () => {
  // 12 sessions, one whose login is refused, and one that fails to log in.
  const { port, running } = await startWithAda('maxSessionsPerUser: 12, maxSessionsPerAddress: 14, quota: 100');
  expect(port).not.toBe(running.port);
  const clients = await twelveSessions(port);
  await expect(FtpClient.logIn(port)).rejects.toThrow('530 You have too many sessions.');
  const uploads = clients.map((client, index) => client.upload(`STOR ${index}`, 'x'.repeat(40)));
  const codes = (await Promise.all(uploads)).map((each) => each.at(-1));
  expect(codes.filter((code) => code === 226)).toHaveLength(2);
  expect(codes.filter((code) => code === 552)).toHaveLength(10);
  const one = await FtpClient.connect(port);
  expect(await FtpClient.connect(port).then((client) => client.reply())).toMatch(/^closed/); // the 15th of this address: who was refused is still there
  for (let failure = 0; failure < 4; failure += 1) {
    await one.ask('USER ada');
    await one.ask('PASS wrong');
  }
  for (const client of clients) client.socket.destroy();
  await expect
    .poll(async () => {
      const told = new Set<string>();
      for (let turn = 0; turn < 8; turn += 1) told.add(await greeting(port));
      return [...told];
    })
    .toEqual(['421 Too many logins failed: come back later.']);
});

it('what a killed worker has counted goes with it: its sessions, and what it had claimed of a quota', {
  timeout: 60_000,
}, async () => {
  const { port, running, folder } = await startWithAda('maxSessionsPerUser: 12, quota: 100');
  const clients = await twelveSessions(port);
  const sockets: Socket[] = [];
  for (const [index, client] of clients.entries()) {
    sockets.push(await client.passive());
    expect(await client.code(`STOR ${index}`)).toBe(150);
  }
  const files = join(folder, 'LocalUser', 'ada');
  const sizes = async () =>
    Promise.all((await readdir(files)).map(async (name) => (await stat(join(files, name))).size));
  const total = async () => (await sizes()).reduce((sum, size) => sum + size, 0);
  for (const socket of sockets) socket.write('x'.repeat(8));
  await expect.poll(total).toBe(96);
  const [killed] = await running.workers();
  process.kill(killed!.pid, 'SIGKILL');
  const told = await Promise.all(
    clients.map((client, index) => {
      sockets[index]!.end();
      return client.reply();
    }),
  );
  expect(told.some((reply) => reply.startsWith('closed')) && told.some((reply) => reply.startsWith('226'))).toBe(true);
  const login = () => FtpClient.logIn(port).catch(() => null);
  await expect.poll(login).not.toBeNull();
  const client = (await login())!;
  expect(await client.upload('STOR more', 'x'.repeat(5))).toEqual([150, 552]);
  await client.code('DELE more');
  expect(await client.upload('STOR more', 'x'.repeat(4))).toEqual([150, 226]);
  expect(await total()).toBe(100);
});

async function greeting(port: number): Promise<string> {
  const client = new FtpClient((await import('node:net')).connect(port, '127.0.0.1'));
  return client.reply();
}

it('an administrator ends a session, whichever worker has it', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  const { api, output } = await startManaged(
    2,
    `ftp: [{ listen: "127.0.0.1:0", tls: none, root: "${folder}", anonymous: true }]\n${site('one')}`,
  );
  const port = Number(/ftp:\/\/127\.0\.0\.1:(\d+)/.exec(output())?.[1]);
  const clients: FtpClient[] = [];
  const listed = async () => (await api('GET', '/things?kind=ftp')).json[0];
  const workersOf = ({ state }: { state: FtpState }) =>
    new Set(state.sessions.all.map(({ name }) => name.split('.')[0])).size;
  while (clients.length === 0 || workersOf(await listed()) < 2) clients.push(await FtpClient.logIn(port, 'ftp', 'x'));
  const { name, state } = await listed();
  const all = (state as FtpState).sessions.all;
  expect([all.length, state.counts.sessions]).toEqual([clients.length, clients.length]);
  for (const session of all) {
    const ended = await api('POST', `/things/ftp/${encodeURIComponent(name)}/end`, { session: session.name });
    expect([ended.status, ended.json.result]).toEqual([200, { ended: session.name }]);
  }
  for (const client of clients) expect(await client.reply()).toBe('421 An administrator has ended this session.');
  await expect.poll(async () => (await listed()).state.counts.sessions).toBe(0);
});
