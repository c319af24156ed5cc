import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasOpenssl } from '../../../scripts/lib/make-certificate.ts';
import { createMemoryFileSystem, type FtpFileSystem } from '../src/index.ts';
import { FtpClient } from './ftp-client.ts';
import { makeTls, startFtp, temporaryFolder } from './start-ftp.ts';

/** Numbers that look random, the same in each run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const words = [
  ...[
    'USER ada',
    'PASS secret',
    'USER',
    'PASS',
    'RETR a',
    'STOR b',
    'LIST',
    'NLST *',
    'MLSD /',
    'STAT /',
    'REST 5',
    'ABOR',
  ],
  ...[
    'EPSV',
    'PASV',
    'EPSV ALL',
    'PORT 127,0,0,1,0,1',
    'EPRT |1|127.0.0.1|1|',
    'TYPE A',
    'TYPE I',
    'REIN',
    'HOST x',
    'QUIT',
  ],
  ...[
    'RNFR a',
    'RNTO b',
    'DELE /',
    'MKD ..',
    'RMD .',
    'SITE CHMOD 777 /',
    'HASH a',
    'MFMT 20200101000000 a',
    'AUTH TLS',
  ],
  ...[
    '\xff\xf4\xff\xf2',
    '\xff',
    '\xff\xff',
    '\0',
    '\r',
    '\r\n\r\n',
    '\t',
    ' ',
    '%s%n',
    '\x1b[2J',
    '../../../etc/passwd',
    '[',
    '*'.repeat(300),
  ],
];

describe('a client that sends garbage', () => {
  it('harms nobody else, whatever the bytes', async () => {
    const failures: unknown[] = [];
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'a'), 'hello');
    const { port, server } = await startFtp({
      root: folder,
      denyByFailure: null,
      // Transfers without a data connection are given up soon, also of clients whose end was not read yet.
      limits: { maxSessionsPerAddress: 500, maxSessionsPerUser: 500, dataTimeoutMs: 100 },
      log: { ...log, error: (message, facts) => failures.push([message, facts]) },
    });
    const random = createRandom(7);
    const attack = async (): Promise<void> => {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => undefined).resume();
      if (random(2) === 0) socket.write('USER ada\r\nPASS secret\r\n');
      for (let turn = 0; turn < 40; turn += 1) {
        const parts = Array.from({ length: random(6) }, () => words[random(words.length)]);
        const noise = Array.from({ length: random(30) }, () => String.fromCharCode(random(256))).join('');
        const text = parts.join(random(3) === 0 ? noise : '\r\n') + (random(4) === 0 ? '' : '\r\n');
        await new Promise((resolve) => socket.write(Buffer.from(text, 'latin1'), resolve));
      }
      if (random(2) === 0) socket.destroy();
      else socket.end();
    };
    for (let round = 0; round < 10; round += 1) await Promise.all(Array.from({ length: 10 }, attack));
    const client = await FtpClient.logIn(port);
    expect(await client.code('NOOP')).toBe(200);
    expect(failures).toEqual([]);
    await client.ask('QUIT');
    await client.reply();
    await expect.poll(() => server.sessions.length, { timeout: 20_000 }).toBe(0);
  });

  it('as a line without an end is told so once', async () => {
    const { port } = await startFtp({ root: createMemoryFileSystem() });
    const client = await FtpClient.logIn(port);
    for (let part = 0; part < 20; part += 1) client.write('x'.repeat(50_000));
    client.write('\r\nNOOP\r\n');
    expect([await client.reply(), await client.reply()]).toEqual([
      expect.stringMatching(/^500 /),
      expect.stringMatching(/^200 /),
    ]);
  });

  it('in names makes no reply of its own, and no line of a listing', async () => {
    const files = createMemoryFileSystem({ '/a\r\n226 Forged.': 'x' });
    const { port } = await startFtp({ root: files });
    const client = await FtpClient.logIn(port);
    expect((await client.download('NLST')).data.toString()).toBe('a??226 Forged.\r\n');
    expect((await client.download('MLSD')).data.toString().split('\r\n')).toHaveLength(2);
    for (const name of ['a\rb', 'a\0b']) {
      expect(await client.ask(`MKD ${name}`)).toBe('553 This name is not allowed.');
      expect(await client.code(`SIZE ${name}`)).toBe(553);
    }
    expect(await client.ask('MLST /')).not.toContain('Forged');
  });
});

describe('a client that floods', () => {
  it('STAT during a transfer, without reading the replies, is not read any more', async () => {
    const { port, server } = await startFtp({ root: createMemoryFileSystem({ '/big': Buffer.alloc(50_000_000) }) });
    const client = await FtpClient.logIn(port);
    const data = await client.passive();
    onTestFinished(() => void data.destroy());
    expect(await client.code('RETR big')).toBe(150);
    await expect.poll(() => server.sessions[0]?.transfer?.bytes).toBeGreaterThan(0);
    client.socket.pause();
    const flood = Buffer.from('STAT\r\n'.repeat(50_000));
    let written = 0;
    while (written < 300 && client.socket.write(flood)) written += 1;
    const before = client.socket.writableLength;
    await expect
      .poll(() => {
        const isStuck = client.socket.writableLength > 0;
        for (let index = 0; index < 20; index += 1) client.socket.write(flood);
        return isStuck && client.socket.writableLength > before + 20 * flood.byteLength;
      })
      .toBe(true);
    expect(
      (server.sessions[0] as unknown as { connection: { pendingBytes: number } }).connection.pendingBytes,
    ).toBeLessThan(8_000_000);
  });

  it('STAT of folders during a transfer has to wait for its end', async () => {
    let listed = 0;
    const memory = createMemoryFileSystem({ '/big': Buffer.alloc(20_000_000), '/docs/a': '' });
    const files: FtpFileSystem = {
      ...memory,
      stat: (path) => memory.stat(path),
      read: (path, startAt) => memory.read(path, startAt),
      list(path) {
        listed += 1;
        return memory.list(path);
      },
    };
    const { port, server } = await startFtp({ root: files });
    const client = await FtpClient.logIn(port);
    const data = await client.passive();
    expect(await client.code('RETR big')).toBe(150);
    await expect.poll(() => server.sessions[0]?.transfer?.bytes).toBeGreaterThan(0);
    client.write('STAT /docs\r\n'.repeat(20));
    expect(await client.code('STAT')).toBe(211); // is answered at once
    expect(listed).toBe(0);
    data.destroy();
    expect(await client.reply()).toMatch(/^426 /);
    for (let turn = 0; turn < 20; turn += 1) expect(await client.reply()).toMatch(/^212-/);
    expect(listed).toBe(20);
  });

  it('passwords from many sessions at once has no more tries than from one', async () => {
    let tries = 0;
    const waiting: (() => void)[] = [];
    const verify = () => {
      tries += 1;
      return new Promise<null>((resolve) => waiting.push(() => resolve(null)));
    };
    const { port } = await startFtp({ root: createMemoryFileSystem(), users: { verify } });
    const clients = await Promise.all(Array.from({ length: 20 }, () => FtpClient.connect(port)));
    for (const client of clients) await client.ask('USER ada');
    for (const client of clients.slice(0, 4)) client.write('PASS x\r\n');
    await expect.poll(() => waiting.length).toBe(4);
    for (const answer of waiting.splice(0)) answer();
    for (const client of clients.slice(0, 4)) expect(await client.reply()).toMatch(/^(530|421) /);
    for (const client of clients.slice(4)) expect(await client.code('PASS x')).toBe(421);
    expect(tries).toBe(4);
  });
});

describe('a file', () => {
  it('stays as it is when its successor has no data connection', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'a'), 'precious');
    const { port } = await startFtp({ root: folder });
    const client = await FtpClient.logIn(port);
    await client.ask('EPRT |1|127.0.0.1|1025|'); // nobody listens there
    expect([await client.code('STOR a'), (await client.reply()).slice(0, 3)]).toEqual([150, '425']);
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('precious');
    expect(await client.upload('STOR a', '')).toEqual([150, 226]);
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('');
  });

  it('that is being uploaded can neither be read nor removed under its temporary name', async () => {
    const folder = await temporaryFolder();
    const { port } = await startFtp({ root: folder, uploads: 'whole' });
    const [client, other] = [await FtpClient.logIn(port), await FtpClient.logIn(port)];
    const data = await client.passive();
    expect(await client.code('STOR a')).toBe(150);
    const [name] = await readdir(folder);
    expect((await other.download(`RETR ${name}`)).codes).toEqual([550]);
    expect([await other.code(`DELE ${name}`), await other.code(`RNFR ${name}`)]).toEqual([553, 550]);
    expect((await other.download('NLST -a')).data.toString()).toBe('');
    data.end('whole');
    expect(await client.reply()).toMatch(/^226 /);
  });

  it('is not hashed to its end for a client that is gone', async () => {
    let reads = 0;
    let isReading = false;
    const memory = createMemoryFileSystem({ '/a': 'x' });
    const files: FtpFileSystem = {
      stat: (path) => memory.stat(path),
      list: (path) => memory.list(path),
      read: async (path, startAt) => ({
        ...(await memory.read(path, startAt)),
        read: async () => {
          isReading = true;
          reads += 1;
          await new Promise((resolve) => setImmediate(resolve));
          return 1; // it never ends
        },
        close: async () => {
          isReading = false;
        },
      }),
    };
    const { port } = await startFtp({ root: files });
    const client = await FtpClient.logIn(port);
    client.write('HASH a\r\n');
    await expect.poll(() => reads).toBeGreaterThan(10);
    client.socket.destroy();
    await expect.poll(() => isReading).toBe(false);
  });

  it('of the root itself keeps its mode', async () => {
    const { port } = await startFtp({ root: await temporaryFolder() });
    const client = await FtpClient.logIn(port);
    for (const path of ['/', '.', '..', '/x/..']) expect(await client.code(`SITE CHMOD 000 ${path}`)).toBe(550);
  });

  it('behind a link out of the root is reached by no command', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'root'));
    await mkdir(join(folder, 'out'));
    await writeFile(join(folder, 'out', 'secret'), 'secret');
    await symlink('../out', join(folder, 'root', 'link'));
    const { port } = await startFtp({ root: join(folder, 'root') });
    const client = await FtpClient.logIn(port);
    for (const command of ['CWD link', 'SIZE link/secret', 'MDTM link/secret', 'HASH link/secret', 'MKD link/new'])
      expect([command, await client.code(command)]).toEqual([command, 550]);
    for (const command of [
      'DELE link/secret',
      'RMD link',
      'SITE CHMOD 777 link/secret',
      'MLST link',
      'RNFR link/secret',
    ])
      expect([command, await client.code(command)]).toEqual([command, 550]);
    for (const command of [
      'RETR link/secret',
      'LIST link',
      'NLST link/*',
      'MLSD link',
      'STOR link/new',
      'APPE link/secret',
    ])
      expect([command, (await client.download(command)).codes]).toEqual([command, [550]]);
    expect((await client.download('NLST')).data.toString()).toBe('');
    expect(await readFile(join(folder, 'out', 'secret'), 'utf8')).toBe('secret');
  });
});

describe.skipIf(!hasOpenssl)('a TLS handshake', () => {
  it('of garbage ends its own session alone', async () => {
    const { tls } = await makeTls();
    const failures: unknown[] = [];
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
    const { port, server } = await startFtp({
      root: createMemoryFileSystem(),
      tls,
      limits: { maxSessionsPerAddress: 500 },
      log: { ...log, error: (message, facts) => failures.push([message, facts]) },
    });
    const random = createRandom(9);
    for (let turn = 0; turn < 60; turn += 1) {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => undefined).resume();
      const behind = turn % 3 === 0 ? 'x'.repeat(turn * 50) : ''; // in the same packet as AUTH
      await new Promise((resolve) => socket.write(`AUTH TLS\r\n${behind}`, resolve));
      if (turn % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
      socket.write(Buffer.from(Array.from({ length: 300 }, () => random(256))));
      if (turn % 4 === 0) socket.destroy();
      else socket.end();
    }
    const client = await FtpClient.connect(port);
    await client.secure();
    expect(await client.code('NOOP')).toBe(200);
    client.socket.destroy();
    await expect.poll(() => server.sessions.length, { timeout: 20_000 }).toBe(0);
    expect(failures).toEqual([]);
  });

  it('of a data connection that does not come is ended by ABOR', async () => {
    const { tls } = await makeTls();
    const { port } = await startFtp({ root: createMemoryFileSystem({ '/a': 'x' }), tls });
    const client = await FtpClient.connect(port);
    await client.secure();
    for (const command of ['USER ada', 'PASS secret', 'PBSZ 0', 'PROT P']) await client.ask(command);
    const data = await client.passive();
    data.on('error', () => undefined);
    onTestFinished(() => void data.destroy());
    expect(await client.code('RETR a')).toBe(150);
    data.write('\x16'); // a handshake that goes no further
    client.write('ABOR\r\n');
    expect([(await client.reply()).slice(0, 3), (await client.reply()).slice(0, 3)]).toEqual(['426', '226']);
  });
});
