import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLocalCounts, createMemoryFileSystem, type FtpServerOptions } from '../src/index.ts';
import { FtpClient } from './ftp-client.ts';
import { startFtp, temporaryFolder, users } from './start-ftp.ts';

async function withQuota(options: Partial<FtpServerOptions> = {}) {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'LocalUser', 'ada', 'deep'), { recursive: true });
  await mkdir(join(folder, 'LocalUser', 'bob'));
  await writeFile(join(folder, 'LocalUser', 'ada', 'deep', 'old'), 'x'.repeat(60));
  const started = await startFtp({ root: folder, isolation: 'isolate-all', quotaBytes: 100, ...options });
  return { folder, ada: join(folder, 'LocalUser', 'ada'), ...started };
}

describe.each(['in-place', 'whole'] as const)('a quota, with uploads %s', (uploads) => {
  it('counts what is there, and ends with 552 what is above it', async () => {
    const { port, ada } = await withQuota({ uploads });
    const client = await FtpClient.logIn(port);
    expect(await client.upload('STOR a', 'x'.repeat(40))).toEqual([150, 226]);
    expect(await client.upload('STOR b', 'x')).toEqual([552]); // before anything is opened
    expect(await readdir(ada)).toEqual(['a', 'deep']);
    expect(await client.upload('APPE a', 'x')).toEqual([552]);
    expect((await stat(join(ada, 'a'))).size).toBe(40);
    const bob = await FtpClient.logIn(port, 'bob', 'hunter2');
    expect(await bob.upload('STOR a', 'x'.repeat(101))).toEqual([150, 552]);
    expect(await bob.code('NOOP')).toBe(200);
  });

  it('lets ALLO say ahead that there is no room', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'old'), 'x'.repeat(60));
    const shared = createMemoryFileSystem();
    const { port } = await startFtp({ root: folder, folders: { '/shared': shared }, quotaBytes: 100 });
    const client = await FtpClient.logIn(port);
    expect([await client.code('ALLO 41'), await client.code('ALLO 40'), await client.code('ALLO 40')]).toEqual([
      552, 202, 202,
    ]);
    expect(await client.upload('STOR new', 'x'.repeat(40))).toEqual([150, 226]);
    expect(await client.code('ALLO 1')).toBe(552);
    await client.ask('CWD /shared');
    expect(await client.code('ALLO 1000')).toBe(202); // virtual folders do not count
  });

  it('gives back what is removed, replaced by less, or broke off', async () => {
    const { port } = await withQuota({ uploads });
    const client = await FtpClient.logIn(port);
    await client.upload('STOR a', 'x'.repeat(40));
    expect(await client.upload('STOR a', 'y'.repeat(40))).toEqual([150, 226]); // as much as it had
    expect(await client.upload('STOR a', 'y'.repeat(10))).toEqual([150, 226]);
    expect(await client.upload('STOR b', 'x'.repeat(30))).toEqual([150, 226]);
    expect(await client.upload('STOR c', 'x')).toEqual([552]);
    expect(await client.code('DELE deep/old')).toBe(250);
    expect(await client.upload('STOR c', 'x'.repeat(100))).toEqual([150, 552]);
    expect(await client.upload('STOR d', 'x'.repeat(60))).toEqual([150, 226]);
  });

  it('leaves a file as it was whose successor, continuation or end it refuses', async () => {
    const { port, ada, server } = await withQuota({ uploads });
    await writeFile(join(ada, 'doc'), 'old', { mode: 0o600 });
    const client = await FtpClient.logIn(port);
    for (const command of ['STOR doc', 'APPE doc', 'REST 3']) {
      const isContinued = command === 'REST 3';
      if (isContinued) await client.ask(command);
      const data = await client.passive();
      expect(await client.code(isContinued ? 'STOR doc' : command)).toBe(150);
      data.write('x'.repeat(20));
      await expect.poll(() => server.sessions.some(({ transfer }) => transfer?.bytes === 20)).toBe(true);
      data.end('x'.repeat(30));
      expect((await client.reply()).slice(0, 3)).toBe('552');
      expect(await readFile(join(ada, 'doc'), 'utf8')).toBe('old');
    }
    expect(await client.upload('STOR doc', 'x'.repeat(40))).toEqual([150, 226]);
    expect((await stat(join(ada, 'doc'))).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing of a new file that it refuses', async () => {
    const { port, ada, server } = await withQuota({ uploads });
    const client = await FtpClient.logIn(port);
    for (const command of ['STOR new', 'APPE new', 'STOU']) {
      const data = await client.passive();
      expect(await client.code(command)).toBe(150);
      data.write('x'.repeat(20));
      await expect.poll(() => server.sessions.some(({ transfer }) => transfer?.bytes === 20)).toBe(true);
      data.end('x'.repeat(30));
      expect((await client.reply()).slice(0, 3)).toBe('552');
      expect(await readdir(ada)).toEqual(['deep']);
    }
    expect(await client.upload('STOR new', 'x'.repeat(40))).toEqual([150, 226]);
  });

  it('goes on where an upload was broken off', async () => {
    const { port, ada } = await withQuota({ uploads });
    const client = await FtpClient.logIn(port);
    await client.upload('STOR a', 'x'.repeat(30));
    await client.ask('REST 30');
    expect(await client.upload('STOR a', 'y'.repeat(10))).toEqual([150, 226]);
    expect((await stat(join(ada, 'a'))).size).toBe(40);
    await client.ask('REST 30');
    expect(await client.upload('STOR a', 'z'.repeat(11))).toEqual([150, 552]);
  });

  it('cannot be exceeded by uploads at the same time', async () => {
    const { port, ada, server } = await withQuota({ uploads });
    const clients = await Promise.all(Array.from({ length: 8 }, () => FtpClient.logIn(port)));
    const sockets = [];
    for (const [index, client] of clients.entries()) {
      sockets.push(await client.passive());
      expect(await client.code(`STOR ${index}`)).toBe(150);
    }
    for (const socket of sockets) socket.write('x'.repeat(15));
    await expect.poll(() => server.sessions.filter(({ transfer }) => transfer?.bytes === 15).length).toBe(2);
    for (const socket of sockets) socket.end();
    const codes = await Promise.all(clients.map(async (client) => (await client.reply()).slice(0, 3)));
    expect(codes.sort()).toEqual(['226', '226', '552', '552', '552', '552', '552', '552']);
    let bytes = 0;
    for (const name of await readdir(ada)) if (name !== 'deep') bytes += (await stat(join(ada, name))).size;
    expect(bytes).toBe(30);
  });

  it('cannot be exceeded by removing a file while its successor is uploaded', async () => {
    const { port, ada } = await withQuota({ uploads });
    const [one, other] = [await FtpClient.logIn(port), await FtpClient.logIn(port)];
    expect(await one.upload('STOR a', 'x'.repeat(40))).toEqual([150, 226]);
    const data = await one.passive();
    expect(await one.code('STOR a')).toBe(150);
    await other.code('DELE a');
    await other.upload('STOR b', 'x'.repeat(40));
    data.end('y'.repeat(40));
    await one.reply();
    let bytes = 60;
    for (const name of await readdir(ada)) if (name !== 'deep') bytes += (await stat(join(ada, name))).size;
    expect(bytes).toBeLessThanOrEqual(100);
  });

  it.each([
    ['RNFR a', 'RNTO b'],
    ['DELE a', 'NOOP'],
  ])('is not given back by %s and %s while the file is uploaded', async (...commands) => {
    const { port, ada, server } = await withQuota({ uploads });
    const [one, other] = [await FtpClient.logIn(port), await FtpClient.logIn(port)];
    const held = await other.passive(); // as long as this upload lasts, nothing is measured again
    expect(await other.code('STOR held')).toBe(150);
    for (let round = 0; round < 4; round += 1) {
      const third = await FtpClient.logIn(port);
      const data = await one.passive();
      if ((await one.code('STOR a')) !== 150) break;
      data.write('x'.repeat(15));
      const isUntouched = () => server.sessions.some(({ transfer }) => transfer?.path === '/a' && transfer.bytes === 0);
      await expect.poll(isUntouched).toBe(false);
      for (const command of commands) await third.ask(command.replace('b', `b${round}`));
      data.end();
      await one.reply();
      await one.upload(`STOR c${round}`, 'x'.repeat(15));
    }
    held.end();
    await other.reply();
    let bytes = 60;
    for (const name of await readdir(ada)) if (name !== 'deep') bytes += (await stat(join(ada, name))).size;
    expect(bytes).toBeLessThanOrEqual(100);
  });
});

describe('a quota', () => {
  it('holds for an upload whose folder is renamed in the middle: nothing hidden is left of it', async () => {
    const { port, ada, server } = await withQuota({ uploads: 'whole' });
    const [one, other] = [await FtpClient.logIn(port), await FtpClient.logIn(port)];
    await one.code('MKD from');
    const data = await one.passive();
    expect(await one.code('STOR from/a')).toBe(150);
    data.write('x'.repeat(15));
    await expect.poll(() => server.sessions.some(({ transfer }) => transfer?.bytes === 15)).toBe(true);
    await other.code('RNFR from');
    expect(await other.code('RNTO to')).toBe(250);
    data.end();
    expect((await one.reply()).slice(0, 3)).toBe('550');
    const sizes = (await readdir(join(ada, 'to'))).map(async (name) => (await stat(join(ada, 'to', name))).size);
    expect(await Promise.all(sizes)).not.toContain(15);
  });

  it('may be that of each user, or none, and follows a new configuration', async () => {
    const quotaBytes = ({ name }: { readonly name: string }) => (name === 'ada' ? 61 : null);
    const { port, server, folder } = await withQuota({ quotaBytes });
    const client = await FtpClient.logIn(port);
    expect(await client.upload('STOR a', 'x')).toEqual([150, 226]);
    expect(await client.upload('STOR b', 'x')).toEqual([552]);
    const bob = await FtpClient.logIn(port, 'bob', 'hunter2');
    expect(await bob.upload('STOR a', 'x'.repeat(1000))).toEqual([150, 226]);
    const users = { verify: (name: string) => ({ name }) };
    server.update({ security: 'none', users, root: folder, isolation: 'isolate-all', quotaBytes: 63 });
    const again = await FtpClient.logIn(port);
    expect([await again.upload('STOR b', 'xx'), await again.upload('STOR c', 'x')]).toEqual([[150, 226], [552]]);
  });

  it('is the same for two servers that share their counts', async () => {
    const sharing = { name: 'ftp', counts: createLocalCounts() };
    const { port, folder } = await withQuota({ sharing });
    const second = await startFtp({ root: folder, isolation: 'isolate-all', quotaBytes: 100, sharing });
    const [one, other] = [await FtpClient.logIn(port), await FtpClient.logIn(second.port)];
    expect(await one.upload('STOR a', 'x'.repeat(40))).toEqual([150, 226]);
    expect(await other.upload('STOR b', 'x')).toEqual([552]);
    await one.code('DELE a');
    expect(await other.upload('STOR b', 'x'.repeat(40))).toEqual([150, 226]);
  });

  it('is measured with folders that links lead around in', async () => {
    const { port, ada } = await withQuota();
    const { symlink } = await import('node:fs/promises');
    await symlink('..', join(ada, 'deep', 'round'));
    const client = await FtpClient.logIn(port);
    expect(await client.upload('STOR a', 'x'.repeat(40))).toEqual([150, 226]);
    expect(await client.upload('STOR b', 'x')).toEqual([552]);
  });

  it('holds for files of a function too', async () => {
    const files = createMemoryFileSystem({ '/a': 'x'.repeat(99) });
    const { port } = await startFtp({ filesOf: () => ({ files, start: '/' }), quotaBytes: 100 });
    const client = await FtpClient.logIn(port);
    expect([await client.upload('STOR b', 'x'), await client.upload('STOR c', 'x')]).toEqual([[150, 226], [552]]);
  });

  it('is counted apart for hosts whose functions return other files for the same name', async () => {
    const hostOf = (bytes: number) => {
      const files = createMemoryFileSystem({ '/a': 'x'.repeat(bytes) });
      return { users, filesOf: () => ({ files, start: '/' }), quotaBytes: 100 };
    };
    const { port } = await startFtp({
      ...hostOf(0),
      hosts: { 'full.example': hostOf(100), 'empty.example': hostOf(0) },
    });
    const uploadTo = async (host: string): Promise<readonly number[]> => {
      const client = await FtpClient.connect(port);
      await client.ask(`HOST ${host}`);
      await client.ask('USER ada');
      await client.ask('PASS secret');
      await client.ask('TYPE I');
      return client.upload('STOR b', 'x');
    };
    expect([await uploadTo('empty.example'), await uploadTo('full.example')]).toEqual([[150, 226], [552]]);
  });
});
