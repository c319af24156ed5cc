import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasOpenssl } from '../../../scripts/lib/make-certificate.ts';
import {
  createFtpServer,
  createLocalCounts,
  createMemoryFileSystem,
  FileError,
  type FtpServerOptions,
} from '../src/index.ts';
import { FtpClient, readAll } from './ftp-client.ts';
import { makeTls, startFtp, temporaryFolder, users } from './start-ftp.ts';

const root = () => createMemoryFileSystem({ '/a.txt': 'hello' });
const closed = (socket: net.Socket) =>
  new Promise<void>((resolve) => socket.on('error', () => undefined).once('close', () => resolve()));

describe('data connections', () => {
  it('do not go to another machine, nor to a port of the system: no bounce', async () => {
    const { port } = await startFtp({ root: root() });
    const client = await FtpClient.logIn(port);
    for (const command of [
      'PORT 127,0,0,2,200,1',
      'PORT 127,0,0,1,0,25',
      'EPRT |1|127.0.0.2|9999|',
      'EPRT |1|127.0.0.1|25|',
      'EPRT |2|::1|9999|',
    ])
      expect(await client.code(command)).toBe(501);
    expect(await client.code('RETR a.txt')).toBe(425);
  });

  it('of another address are closed, and the client still gets its own: no theft of a passive port', async () => {
    const { port } = await startFtp({ root: root() });
    const client = await FtpClient.logIn(port);
    const passive = Number(/\|\|\|(\d+)\|/.exec(await client.ask('EPSV'))?.[1]);
    const thief = net.connect({ port: passive, host: '127.0.0.1', localAddress: '127.0.0.2' });
    expect((await readAll(thief)).length).toBe(0);
    const own = net.connect({ port: passive, host: '127.0.0.1' });
    expect(await client.code('RETR a.txt')).toBe(150);
    expect((await readAll(own)).toString()).toBe('hello');
  });

  it('use the ports and the address that were set', async () => {
    const { port: free } = await startFtp({ root: root() });
    const { port } = await startFtp({ root: root(), passivePorts: [free, free], publicAddress: '192.0.2.7' });
    const client = await FtpClient.logIn(port);
    expect(await client.code('PASV')).toBe(425); // the only port is taken
    const other = await startFtp({ root: root(), publicAddress: '192.0.2.7' });
    const second = await FtpClient.logIn(other.port);
    expect(await second.ask('PASV')).toMatch(/\(192,0,2,7,\d+,\d+\)/);
  });

  it('wait for the client for a while only', async () => {
    const clock = createManualClock();
    const { port } = await startFtp({ root: root(), clock });
    const client = await FtpClient.logIn(port);
    await client.ask('EPSV');
    expect(await client.code('RETR a.txt')).toBe(150);
    clock.advance(31_000);
    expect(await client.reply()).toMatch(/^425 /);
  });

  it('are closed when nothing moves on them', async () => {
    const clock = createManualClock();
    const { port, server } = await startFtp({
      root: createMemoryFileSystem({ '/big': Buffer.alloc(50_000_000) }),
      clock,
    });
    const client = await FtpClient.logIn(port);
    const data = await client.passive();
    expect(await client.code('RETR big')).toBe(150);
    await expect.poll(() => server.sessions[0]?.transfer?.bytes).toBeGreaterThan(0);
    const reply = client.reply();
    let isDone = false;
    void reply.then(() => {
      isDone = true;
    });
    for (let turn = 0; turn < 3 && !isDone; turn += 1) {
      clock.advance(31_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await reply).toMatch(/^426 /);
    data.destroy();
  });
});

describe('an upload', () => {
  const begin = async (limits: FtpServerOptions['limits']) => {
    const clock = createManualClock();
    const { port, server } = await startFtp({ root: root(), limits: limits ?? {}, clock });
    const client = await FtpClient.logIn(port);
    const data = await client.passive();
    expect(await client.code('STOR slow')).toBe(150);
    let sent = 0;
    const send = async (bytes: number) => {
      sent += bytes;
      data.write(Buffer.alloc(bytes));
      await expect.poll(() => server.sessions[0]?.transfer?.bytes).toBe(sent);
    };
    return { clock, client, data, send };
  };

  it('that dribbles is closed: 240 bytes per second are the least, as in IIS', async () => {
    const { clock, client, send } = await begin({});
    await send(240 * 30);
    clock.advance(31_000);
    for (let byte = 0; byte < 3; byte += 1) await send(1);
    clock.advance(31_000);
    expect(await client.reply()).toMatch(/^426 /);
  });

  it('may be slower, or must be faster, as the options say', async () => {
    const lax = await begin({ minBytesPerSecond: null });
    for (let turn = 0; turn < 3; turn += 1) {
      await lax.send(1);
      lax.clock.advance(31_000);
    }
    lax.data.end();
    expect(await lax.client.reply()).toMatch(/^226 /);
    const strict = await begin({ minBytesPerSecond: 1000 });
    await strict.send(240 * 31);
    strict.clock.advance(31_000);
    expect(await strict.client.reply()).toMatch(/^426 /);
  });
});

describe('the middleware of connections', () => {
  it('sees each before anything is sent, and may close it', async () => {
    const seen: string[] = [];
    const { port } = await startFtp({
      root: root(),
      connections: [
        (connection, next) => {
          seen.push(connection.info.remoteAddress);
          return seen.length === 1 ? connection.reset() : next(connection);
        },
      ],
    });
    expect(await new FtpClient(net.connect(port, '127.0.0.1')).reply()).toBe('closed');
    await FtpClient.logIn(port);
    expect(seen).toEqual(['127.0.0.1', '127.0.0.1']);
  });
});

describe('control connections', () => {
  it('that send slowly end when the time for the login is over', async () => {
    const clock = createManualClock();
    const { port } = await startFtp({ root: root(), clock });
    const client = await FtpClient.connect(port);
    await client.ask('USER ada');
    for (let second = 0; second < 30; second += 1) {
      client.write('N');
      clock.advance(1000);
    }
    clock.advance(1000);
    expect(await client.reply()).toMatch(/^421 /);
    expect(await client.reply()).toMatch(/^closed/);
  });

  it('end after two minutes without a command', async () => {
    const clock = createManualClock();
    const { port } = await startFtp({ root: root(), clock });
    const client = await FtpClient.logIn(port);
    clock.advance(119_000);
    expect(await client.code('NOOP')).toBe(200);
    clock.advance(121_000);
    expect(await client.reply()).toMatch(/^421 /);
  });

  it('survive a line that is too long', async () => {
    const { port } = await startFtp({ root: root() });
    const client = await FtpClient.logIn(port);
    expect(await client.code(`CWD ${'x'.repeat(10_000)}`)).toBe(500);
    expect(await client.code('NOOP')).toBe(200);
  });

  it('are limited: all, of one address, of one user', async () => {
    const { port } = await startFtp({ root: root(), limits: { maxSessionsPerAddress: 2, maxSessionsPerUser: 1 } });
    const first = await FtpClient.logIn(port);
    await expect(FtpClient.logIn(port)).rejects.toThrow('530 You have too many sessions.');
    const third = new FtpClient(net.connect(port, '127.0.0.1'));
    expect(await third.reply()).toMatch(/^421 /);
    await first.ask('QUIT');
    await expect.poll(() => FtpClient.logIn(port).catch(() => null)).not.toBeNull();
  });

  it('that end while their password is checked are not counted for the user', async () => {
    const waiting: (() => void)[] = [];
    const verify = (name: string) => new Promise<{ name: string }>((resolve) => waiting.push(() => resolve({ name })));
    const { port, server } = await startFtp({ root: root(), users: { verify }, limits: { maxSessionsPerUser: 1 } });
    const gone = await FtpClient.connect(port);
    await gone.ask('USER ada');
    gone.write('PASS secret\r\n');
    await expect.poll(() => waiting.length).toBe(1);
    server.sessions[0]!.end();
    await expect.poll(() => server.sessions.length).toBe(0);
    waiting.shift()!();
    const next = FtpClient.logIn(port);
    await expect.poll(() => waiting.length).toBe(1);
    waiting.shift()!();
    await next;
  });

  it('of an address that fails in other processes are refused as the limit of now says, heard of once', async () => {
    const listeners: ((address: string) => void)[] = [];
    const onFailure = (listener: (address: string) => void): void => void listeners.push(listener);
    const sharing = { name: 'ftp', counts: createLocalCounts(), onFailure };
    const options = { root: root(), users, security: 'none', sharing } as const;
    const { server, port } = await startFtp({ ...options, denyByFailure: { failures: 9 } });
    for (const failures of [8, 2]) server.update({ ...options, denyByFailure: { failures } });
    expect(listeners).toHaveLength(1);
    for (let failure = 0; failure < 2; failure += 1) listeners[0]!('127.0.0.1');
    const client = new FtpClient(net.connect(port, '127.0.0.1'));
    expect(await client.reply()).toBe('421 Too many logins failed: come back later.');
  });

  it('of an address with too many failed logins are refused for a while', async () => {
    const clock = createManualClock();
    const { port } = await startFtp({ root: root(), clock });
    const client = await FtpClient.connect(port);
    for (let index = 0; index < 3; index += 1) {
      await client.ask('USER ada');
      expect(await client.code('PASS wrong')).toBe(530);
    }
    await client.ask('USER ada');
    expect(await client.code('PASS wrong')).toBe(421);
    expect(await new FtpClient(net.connect(port, '127.0.0.1')).reply()).toMatch(/^421 Too many/);
    clock.advance(30_000);
    await FtpClient.logIn(port);
  });

  it('that flood commands without reading the replies do not fill the memory', async () => {
    const { port, server } = await startFtp({ root: root() });
    const client = net.connect(port, '127.0.0.1');
    client.pause();
    const flood = Buffer.from('HELP\r\n'.repeat(100_000));
    let written = 0;
    for (let index = 0; index < 200 && client.write(flood); index += 1) written += 1;
    await expect.poll(() => server.sessions.length).toBe(1);
    expect(written).toBeLessThan(200);
    client.destroy();
  });
});

describe('transfers', () => {
  it('that break off leave what came, to be resumed, or nothing if uploads are to be whole', async () => {
    for (const uploads of ['in-place', 'whole'] as const) {
      const folder = await temporaryFolder();
      const { port, server } = await startFtp({ root: folder, uploads });
      const client = await FtpClient.logIn(port);
      const data = await client.passive();
      expect(await client.code('STOR half')).toBe(150);
      data.write('half');
      await expect.poll(() => server.sessions[0]?.transfer?.bytes).toBe(4);
      expect([await client.ask('ABOR'), await client.reply()]).toEqual([
        expect.stringMatching(/^426 /),
        expect.stringMatching(/^226 /),
      ]);
      expect(await readdir(folder)).toEqual(uploads === 'whole' ? [] : ['half']);
      expect(await client.upload('STOR half', 'whole')).toEqual([150, 226]);
      expect(await readFile(join(folder, 'half'), 'utf8')).toBe('whole');
    }
  });

  it('tell of a full disk', async () => {
    const { port } = await startFtp({ root: createMemoryFileSystem({}, { maxBytes: 10 }) });
    const client = await FtpClient.logIn(port);
    expect([await client.code('ALLO 10'), await client.code('ALLO 11')]).toEqual([202, 552]);
    expect(await client.upload('STOR big', 'x'.repeat(100))).toEqual([150, 452]);
    expect(await client.code('NOOP')).toBe(200);
  });

  it.runIf(process.platform === 'linux' && process.getuid!() === 0)(
    'end with 452 on a disk that is full, and go on once there is space',
    async () => {
      const disk = await temporaryFolder();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
      onTestFinished(() => void execFileSync('umount', ['-l', disk]));
      for (const uploads of ['in-place', 'whole'] as const) {
        const { port } = await startFtp({ root: disk, uploads });
        const client = await FtpClient.logIn(port);
        expect(await client.upload('STOR big', 'x'.repeat(1_500_000))).toEqual([150, 452]);
        expect(await readdir(disk)).toEqual(uploads === 'whole' ? [] : ['big']);
        if (uploads === 'in-place') expect(await client.code('DELE big')).toBe(250);
        expect(await client.upload('STOR small', 'x'.repeat(500_000))).toEqual([150, 226]);
        expect(await client.code('DELE small')).toBe(250);
      }
    },
  );

  it('end with 552 at the longest file', async () => {
    const { port } = await startFtp({ root: root(), limits: { maxFileBytes: 10 } });
    const client = await FtpClient.logIn(port);
    expect([await client.upload('STOR big', 'x'.repeat(100)), await client.code('ALLO 11')]).toEqual([[150, 552], 552]);
    expect([await client.upload('STOR part', 'x'.repeat(6)), await client.upload('APPE part', 'x'.repeat(4))]).toEqual([
      [150, 226],
      [150, 226],
    ]);
    expect(await client.upload('APPE part', 'x')).toEqual([150, 552]);
    await client.ask('REST 6');
    expect(await client.upload('STOR part', 'x'.repeat(5))).toEqual([150, 552]);
  });

  it('that are refused as too long replace nothing and leave nothing', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'doc'), 'old');
    const { port, server } = await startFtp({ root: folder, limits: { maxFileBytes: 10 } });
    const client = await FtpClient.logIn(port);
    for (const name of ['doc', 'new']) {
      const data = await client.passive();
      expect(await client.code(`STOR ${name}`)).toBe(150);
      data.write('x'.repeat(6));
      await expect.poll(() => server.sessions.some(({ transfer }) => transfer?.bytes === 6)).toBe(true);
      data.end('x'.repeat(6));
      expect((await client.reply()).slice(0, 3)).toBe('552');
    }
    expect([await readdir(folder), await readFile(join(folder, 'doc'), 'utf8')]).toEqual([['doc'], 'old']);
  });

  it('of a file that changes while it is read are not called complete, unless it has only grown', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'log');
    const size = 30_000_000;
    const { port, server } = await startFtp({ root: folder });
    const client = await FtpClient.logIn(port);
    for (const [change, code] of [
      [() => writeFile(file, 'more', { flag: 'a' }), '226'],
      [() => truncate(file, 10), '451'],
      [() => writeFile(file, Buffer.alloc(size, 'y')), '451'],
    ] as const) {
      await writeFile(file, Buffer.alloc(size, 'x'));
      const data = await client.passive();
      data.pause();
      expect(await client.code('RETR log')).toBe(150);
      await expect.poll(() => server.sessions[0]?.transfer?.bytes).toBeGreaterThan(0);
      await change();
      const got = await readAll(data.resume());
      expect((await client.reply()).slice(0, 3)).toBe(code);
      if (code === '226') expect(got.length).toBe(size);
    }
  });

  it('have no way out of the root, whatever the path', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'root'));
    await writeFile(join(folder, 'secret'), 'secret');
    const { port } = await startFtp({ root: join(folder, 'root') });
    const client = await FtpClient.logIn(port);
    for (const path of ['../secret', '/../secret', 'x/../../secret', '....//secret', '%2e%2e/secret', '..%5csecret'])
      expect((await client.download(`RETR ${path}`)).codes).toEqual([550]);
    await client.upload('STOR ../new', 'x');
    expect(await readdir(folder)).toEqual(['root', 'secret']);
    expect(await readdir(join(folder, 'root'))).toEqual(['new']);
  });

  it('lose nothing in the log that shows places of the disk', async () => {
    const { port } = await startFtp({
      filesOf: () => ({
        start: '/',
        files: { ...root(), stat: () => Promise.reject(new FileError('failed', new Error('/srv/secret'))) } as never,
      }),
    });
    const client = await FtpClient.logIn(port);
    expect(await client.ask('SIZE a.txt')).toBe('451 The files cannot be reached now.');
  });

  it('are paced', async () => {
    const clock = createManualClock();
    const { port } = await startFtp({
      root: createMemoryFileSystem({ '/a': Buffer.alloc(200_000) }),
      limits: { maxBytesPerSecond: 65_536 },
      clock,
    });
    const client = await FtpClient.logIn(port);
    const data = await client.passive();
    let got = 0;
    data.on('data', (chunk) => {
      got += chunk.length;
    });
    await client.ask('RETR a');
    await expect.poll(() => got).toBe(65_536);
    clock.advance(1000);
    await expect.poll(() => got).toBe(131_072);
    clock.advance(5000);
  });
});

describe('a stop', () => {
  it('ends idle sessions at once, and lets a transfer end', async () => {
    const { port, server } = await startFtp({ root: createMemoryFileSystem({ '/big': Buffer.alloc(20_000_000) }) });
    const [idle, busy] = [await FtpClient.logIn(port), await FtpClient.logIn(port)];
    const data = await busy.passive();
    data.pause();
    await busy.ask('RETR big');
    const stopped = server.close();
    expect(await idle.reply()).toMatch(/^421 /);
    expect((await readAll(data.resume())).length).toBe(20_000_000);
    expect([await busy.reply(), await busy.reply()]).toEqual([
      expect.stringMatching(/^226 /),
      expect.stringMatching(/^421 /),
    ]);
    await stopped;
  });

  it('keeps open sessions as they are when the options change', async () => {
    const { port, server } = await startFtp({ root: root() });
    const before = await FtpClient.logIn(port);
    server.update({ security: 'none', users, root: createMemoryFileSystem({ '/new': '' }) });
    const after = await FtpClient.logIn(port);
    expect([(await before.download('NLST')).data.toString(), (await after.download('NLST')).data.toString()]).toEqual([
      'a.txt\r\n',
      'new\r\n',
    ]);
  });
});

describe('createFtpServer()', () => {
  it.each<[string, object]>([
    ['tls: expected certificates', { root: '/' }],
    ['root: expected either', { security: 'none' }],
    ['passivePorts: expected two ports', { root: '/', security: 'none', passivePorts: [2, 1] }],
    [
      'limits.idleTimeoutMs: expected milliseconds above 0',
      { root: '/', security: 'none', limits: { idleTimeoutMs: 0 } },
    ],
    ['folders: expected paths', { root: '/', security: 'none', folders: { '/a/../b': '/x' } }],
    ['root: expected a folder, found "./nope", which is not there', { root: './nope', security: 'none' }],
    [
      'folders["/x"]: expected a folder, found "/dev/null", which is a file',
      { root: '/', security: 'none', folders: { '/x': '/dev/null' } },
    ],
    [
      'hosts: expected names of hosts, found "a.example:21": did you mean "a.example"?',
      { root: '/', security: 'none', hosts: { 'a.example:21': { root: '/' } } },
    ],
    [
      'hosts: expected every host once, found "a" twice',
      { root: '/', security: 'none', hosts: { A: { root: '/' }, a: { root: '/' } } },
    ],
    [
      'hosts.a: root: expected a folder, found "/nope"',
      { root: '/', security: 'none', hosts: { a: { root: '/nope' } } },
    ],
    ['publicAddress: expected an IPv4 address', { root: '/', security: 'none', publicAddress: 'x' }],
    ['rooot', { rooot: '/srv' }],
  ])('refuses options: %s', (message, options) => {
    expect(() => createFtpServer(options as FtpServerOptions)).toThrow(message);
  });
});

describe.skipIf(!hasOpenssl)('TLS', () => {
  const secured = async (options: Partial<FtpServerOptions> = {}) => {
    const { tls: serverTls } = await makeTls();
    return startFtp({ root: root(), tls: serverTls, ...options });
  };
  const logIn = async (client: FtpClient): Promise<void> => {
    await client.ask('USER ada');
    expect(await client.code('PASS secret')).toBe(230);
    expect([await client.code('PBSZ 0'), await client.code('PROT P'), await client.code('TYPE I')]).toEqual([
      200, 200, 200,
    ]);
  };
  const secureData = (socket: net.Socket, session?: Buffer) =>
    tls.connect({
      socket,
      rejectUnauthorized: false,
      servername: 'localhost',
      ...(session === undefined ? {} : { session }),
    });

  it('is needed for a login, and for data', async () => {
    const { port } = await secured();
    const client = await FtpClient.connect(port);
    expect([await client.code('USER ada'), await client.code('PASS secret'), await client.code('PBSZ 0')]).toEqual([
      530, 530, 503,
    ]);
    await client.secure();
    await client.ask('USER ada');
    await client.ask('PASS secret');
    expect([await client.code('PROT P'), await client.code('PBSZ 0'), await client.code('PROT C')]).toEqual([
      503, 200, 534,
    ]);
    expect((await client.download('RETR a.txt')).codes).toEqual([521]);
    expect([await client.code('AUTH TLS'), await client.code('CCC')]).toEqual([503, 534]);
  });

  it('throws away what was sent in the clear behind AUTH', async () => {
    const { port, server } = await secured({ security: 'optional' });
    const client = await FtpClient.logIn(port);
    await client.secure('DELE a.txt\r\nUSER eve\r\nSITE X');
    expect([await client.code('NOOP'), await client.code('PWD')]).toEqual([200, 530]);
    expect(server.sessions[0]?.user).toBeNull();
    await logIn(client);
    expect(await client.ask('SIZE a.txt')).toBe('213 5');
  });

  it('of a data connection must resume the session of the control connection; the log says how to do without', async () => {
    const lines: string[] = [];
    const ignore = (): void => undefined;
    const log = { debug: ignore, info: (line: string) => void lines.push(line), warn: ignore, error: ignore };
    const { port } = await secured({ log });
    const client = await FtpClient.connect(port);
    await client.secure();
    await logIn(client);
    await expect.poll(() => client.session).toBeDefined();
    const strange = await client.passive();
    expect(await client.code('RETR a.txt')).toBe(150);
    const refused = secureData(strange);
    const gone = closed(refused);
    expect(await client.reply()).toMatch(/^522 /);
    await gone;
    expect(lines.filter((line) => line.includes('`requireSessionReuse: false`'))).toHaveLength(1);
    const own = await client.passive();
    expect(await client.code('RETR a.txt')).toBe(150);
    expect((await readAll(secureData(own, client.session))).toString()).toBe('hello');
    expect(await client.reply()).toMatch(/^226 /);
  });

  it('does not take a cut upload for a whole one', async () => {
    const { port } = await secured({ requireSessionReuse: false });
    const client = await FtpClient.connect(port);
    await client.secure();
    await logIn(client);
    const raw = await client.passive();
    expect(await client.code('STOR cut')).toBe(150);
    const data = secureData(raw);
    await new Promise<void>((resolve) => data.write('half', () => resolve()));
    await expect.poll(() => raw.writableLength).toBe(0);
    raw.end(); // without close_notify
    expect(await client.reply()).toMatch(/^426 /);
  });

  it('begins at once on a port for that', async () => {
    const { port } = await secured({ implicitTls: true, requireSessionReuse: false });
    const client = new FtpClient(net.connect(port, '127.0.0.1'));
    await client.shakeHands();
    expect(await client.reply()).toMatch(/^220 /);
    await logIn(client);
    const data = await client.passive();
    expect(await client.code('RETR a.txt')).toBe(150);
    expect((await readAll(secureData(data))).toString()).toBe('hello');
  });

  it('goes on when the certificates are exchanged', async () => {
    let current = (await makeTls()).tls;
    const { port } = await startFtp({ root: root(), tls: () => current });
    const client = await FtpClient.connect(port);
    await client.secure();
    await logIn(client);
    await expect.poll(() => client.session).toBeDefined();
    current = (await makeTls()).tls;
    const data = await client.passive();
    await client.ask('RETR a.txt');
    expect((await readAll(secureData(data, client.session))).toString()).toBe('hello');
  });
});
