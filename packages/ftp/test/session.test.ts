import { createHash, randomBytes } from 'node:crypto';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { createMemoryFileSystem, type FtpCommand } from '../src/index.ts';
import { FtpClient, readAll } from './ftp-client.ts';
import { startFtp } from './start-ftp.ts';

const root = () => createMemoryFileSystem({ '/a.txt': 'hello', '/docs/b.txt': 'line\nline\n', '/docs/é "q"': 'x' });

describe('a session', () => {
  it('logs in, walks and reads', async () => {
    const { port } = await startFtp({ root: root(), greeting: 'Hello\nthere' });
    const client = await FtpClient.connect(port);
    expect(await client.ask('PWD')).toBe('530 Log in with USER and PASS first.');
    expect(await client.ask('user ada')).toMatch(/^331 /);
    expect(await client.ask('PASS wrong')).toMatch(/^530 /);
    expect(await client.code('PASS secret')).toBe(503);
    await client.ask('USER ada');
    expect(await client.ask('PASS secret')).toMatch(/^230 /);
    expect(await client.ask('CWD docs')).toBe('250 "/docs" is the current folder.');
    expect(await client.ask('MKD a"b')).toBe('257 "/docs/a""b" was made.');
    expect(await client.code('CWD ../../..')).toBe(250);
    expect(await client.ask('PWD')).toBe('257 "/" is the current folder.');
    expect((await client.download('RETR a.txt')).data.toString()).toBe('hello');
    expect(await client.ask('QUIT')).toMatch(/^221 /);
    expect(await client.reply()).toBe('closed');
  });

  it('answers commands that come at once in their order', async () => {
    const { port } = await startFtp({ root: root() });
    const client = await FtpClient.connect(port);
    client.write('USER ada\r\nPASS secret\r\nTYPE I\r\nSIZE a.txt\r\nNOOP\r\n');
    const codes: string[] = [];
    for (let index = 0; index < 5; index += 1) codes.push((await client.reply()).slice(0, 3));
    expect(codes).toEqual(['331', '230', '200', '213', '200']);
  });

  it('sends and receives in binary and in ASCII', async () => {
    const { port } = await startFtp({ root: root() });
    const client = await FtpClient.logIn(port);
    const content = randomBytes(1_000_000);
    expect(await client.upload('STOR big', content)).toEqual([150, 226]);
    expect((await client.download('RETR big')).data.equals(content)).toBe(true);
    await client.ask('TYPE A');
    expect((await client.download('RETR docs/b.txt')).data.toString()).toBe('line\r\nline\r\n');
    await client.upload('STOR c', 'x\r\ny\r\n');
    await client.ask('TYPE I');
    expect((await client.download('RETR c')).data.toString()).toBe('x\ny\n');
  });

  it('resumes both ways, appends, and makes names of its own', async () => {
    const { port } = await startFtp({ root: root() });
    const client = await FtpClient.logIn(port);
    expect(await client.code('REST 3')).toBe(350);
    expect((await client.download('RETR a.txt')).data.toString()).toBe('lo');
    expect(await client.code('REST 3')).toBe(350);
    expect(await client.upload('STOR a.txt', 'p!')).toEqual([150, 226]);
    expect(await client.upload('APPE a.txt', '?')).toEqual([150, 226]);
    expect((await client.download('RETR a.txt')).data.toString()).toBe('help!?');
    await client.ask('REST 99');
    expect((await client.download('RETR a.txt')).codes).toEqual([554]);
    const data = await client.passive();
    const announced = await client.ask('STOU');
    data.end('unique');
    await client.reply();
    expect((await client.download(`RETR ${/FILE: (\S+)/.exec(announced)?.[1]}`)).data.toString()).toBe('unique');
  });

  it('lists in every form', async () => {
    const { port } = await startFtp({ root: root() });
    const client = await FtpClient.logIn(port);
    const lines = async (command: string) => (await client.download(command)).data.toString().trimEnd().split('\r\n');
    expect(await lines('NLST docs')).toEqual(['b.txt', 'é "q"']);
    expect(await lines('LIST -la docs')).toEqual([
      expect.stringMatching(/^-rw-r--r-- 1 ftp ftp {11}10 .* b\.txt$/),
      expect.stringMatching(/^-rw-r--r-- .* é "q"$/),
    ]);
    expect(await lines('LIST a.txt')).toHaveLength(1);
    expect(await client.ask('OPTS MLST type;size;')).toBe('200 MLST OPTS type;size;');
    expect(await lines('MLSD docs')).toEqual(['type=file;size=10; b.txt', 'type=file;size=1; é "q"']);
    expect(await client.ask('MLST docs')).toBe('250-Facts:\n type=dir; /docs\n250 End');
    expect((await client.download('MLSD a.txt')).codes).toEqual([501]);
    expect((await client.download('LIST none')).codes).toEqual([550]);
  });

  it('lists what a pattern of the last name fits', async () => {
    const files = createMemoryFileSystem({
      ...{ '/docs/a.txt': '1', '/docs/b.txt': '2', '/docs/c.bin': '3', '/docs/.hidden.txt': '4' },
      ...{ '/x.txt': '5', '/[x]*': '6' },
    });
    const { port } = await startFtp({ root: files });
    const client = await FtpClient.logIn(port);
    const text = async (command: string) => {
      const { data, codes } = await client.download(command);
      expect(codes).toEqual([150, 226]);
      return data.toString();
    };
    expect(await text('NLST *.txt')).toBe('x.txt\r\n');
    expect(await text('NLST docs/*.txt')).toBe('docs/a.txt\r\ndocs/b.txt\r\n');
    expect(await text('NLST docs/.*')).toBe('docs/.hidden.txt\r\n');
    expect(await text('LIST -la /docs/?.[!t]*')).toMatch(/^\S+ 1 ftp ftp .* c\.bin\r\n$/);
    expect(await text('NLST none*')).toBe('');
    expect(await text('NLST [x]*')).toBe('[x]*\r\n'); // a name that is there is no pattern
    expect((await client.download('NLST none/*')).codes).toEqual([550]);
  });

  it('tells sizes, times and hashes, and sets times and modes', async () => {
    const { port } = await startFtp({ root: root() });
    const client = await FtpClient.logIn(port);
    expect(await client.ask('SIZE a.txt')).toBe('213 5');
    expect(await client.ask('MFMT 20200102030405 a.txt')).toBe('213 Modify=20200102030405; a.txt');
    expect(await client.ask('MDTM a.txt')).toBe('213 20200102030405');
    expect(await client.ask('HASH a.txt')).toBe(
      `213 SHA-256 0-5 ${createHash('sha256').update('hello').digest('hex')} a.txt`,
    );
    expect(await client.ask('SITE CHMOD 600 a.txt')).toMatch(/^200 /);
    expect(await client.ask('MLST a.txt')).toContain('UNIX.mode=0600;');
    await client.ask('TYPE A');
    expect(await client.code('SIZE a.txt')).toBe(550);
  });

  it('renames and removes', async () => {
    const { port } = await startFtp({ root: root() });
    const client = await FtpClient.logIn(port);
    const codes: number[] = [];
    for (const command of [
      'RNTO x',
      'RNFR none',
      'RNFR a.txt',
      'RNTO docs/x',
      'RNTO y',
      'DELE docs/x',
      'DELE docs/x',
      'RMD docs',
      'MKD new',
      'RMD new',
    ])
      codes.push(await client.code(command));
    expect(codes).toEqual([503, 550, 350, 250, 503, 250, 550, 550, 257, 250]);
  });

  it('connects to the client for PORT and EPRT', async () => {
    const { port } = await startFtp({ root: root() });
    const client = await FtpClient.logIn(port);
    const server = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port: own } = server.address() as net.AddressInfo;
    for (const command of [`PORT 127,0,0,1,${own >> 8},${own & 255}`, `EPRT |1|127.0.0.1|${own}|`]) {
      const arrived = new Promise<net.Socket>((resolve) => server.once('connection', resolve));
      expect(await client.code(command)).toBe(200);
      expect(await client.code('RETR a.txt')).toBe(150);
      expect((await readAll(await arrived)).toString()).toBe('hello');
      expect(await client.reply()).toMatch(/^226 /);
    }
    server.close();
  });

  it('after EPSV ALL takes nothing else (RFC 2428 §4)', async () => {
    const { port } = await startFtp({ root: root() });
    const client = await FtpClient.logIn(port);
    expect(await client.code('EPSV ALL')).toBe(200);
    expect([await client.code('PASV'), await client.code('PORT 127,0,0,1,5,5'), await client.code('EPSV 2')]).toEqual([
      501, 501, 522,
    ]);
    expect((await client.download('RETR a.txt')).codes).toEqual([150, 226]);
  });

  it('answers STAT and ABOR while it sends', async () => {
    const { port, server } = await startFtp({ root: createMemoryFileSystem({ '/big': Buffer.alloc(50_000_000) }) });
    const client = await FtpClient.logIn(port);
    const data = await client.passive();
    expect(await client.code('RETR big')).toBe(150); // nobody reads it
    await expect.poll(() => server.sessions[0]?.transfer?.bytes).toBeGreaterThan(0);
    expect(await client.ask('STAT')).toMatch(/RETR \/big: \d+ bytes/);
    client.write(Buffer.from([255, 244, 255, 242]));
    client.write('ABOR\r\n');
    expect([(await client.reply()).slice(0, 3), (await client.reply()).slice(0, 3)]).toEqual(['426', '226']);
    data.destroy();
    expect([await client.code('ABOR'), await client.code('NOOP')]).toEqual([225, 200]);
  });

  it('begins anew after REIN', async () => {
    const { port } = await startFtp({ root: root() });
    const client = await FtpClient.logIn(port);
    expect([await client.code('REIN'), await client.code('PWD')]).toEqual([220, 530]);
  });

  it('tells what it can (RFC 2389)', async () => {
    const { port } = await startFtp({ root: root() });
    const client = await FtpClient.connect(port);
    expect((await client.ask('FEAT')).split('\n').slice(1, -1)).toEqual(
      [
        'EPRT',
        'EPSV',
        'HASH SHA-256*',
        'HOST',
        'MDTM',
        'MFMT',
        'MLST type*;size*;modify*;perm*;unique*;UNIX.mode*;',
        'REST STREAM',
        'SIZE',
        'TVFS',
        'UTF8',
      ].map((line) => ` ${line}`),
    );
    expect([
      await client.code('OPTS UTF8 ON'),
      await client.code('XYZ'),
      await client.code('AUTH TLS'),
      await client.code('SYST'),
    ]).toEqual([200, 500, 502, 215]);
  });

  it('serves the host that HOST names (RFC 7151)', async () => {
    const { port } = await startFtp({
      root: root(),
      hosts: {
        'Two.example': {
          root: createMemoryFileSystem({ '/two': '2' }),
          users: { verify: () => ({ name: 'eve' }) },
          greeting: 'Two.',
        },
      },
    });
    const client = await FtpClient.connect(port);
    expect(await client.code('HOST none.example')).toBe(504);
    expect(await client.ask('HOST two.EXAMPLE')).toBe('220 Two.');
    await client.ask('USER eve');
    expect(await client.code('PASS x')).toBe(230);
    expect(await client.code('HOST two.example')).toBe(503);
    expect((await client.download('NLST')).data.toString()).toBe('two\r\n');
  });

  it('runs each command through the middleware', async () => {
    const lines: string[] = [];
    const log = async (command: FtpCommand, next: (command: FtpCommand) => void | Promise<void>) => {
      await next(command);
      lines.push(
        `${command.session.user?.name ?? '-'} ${command.verb} ${command.shown} ${command.code} ${command.path} ${command.bytes}`,
      );
    };
    const filter = (command: FtpCommand, next: (command: FtpCommand) => void | Promise<void>) =>
      command.verb === 'DELE' ? command.reply(502, 'Not here.') : next(command);
    const { port } = await startFtp({ root: root(), middleware: [log, filter] });
    const client = await FtpClient.logIn(port);
    await client.download('RETR a.txt');
    await client.ask('DELE a.txt');
    await client.ask('NOOP');
    expect(lines).toEqual([
      '- USER ada 331 null 0',
      'ada PASS *** 230 null 0',
      'ada TYPE I 200 null 0',
      'ada EPSV  229 null 0',
      'ada RETR a.txt 226 /a.txt 5',
      'ada DELE a.txt 502 null 0',
      'ada NOOP  200 null 0',
    ]);
  });

  it('keeps users in their folders, and to their rules', async () => {
    const files = createMemoryFileSystem({
      '/LocalUser/ada/mine': '1',
      '/LocalUser/Public/all': '2',
      '/shared/s': '3',
    });
    const warnings: unknown[] = [];
    const ignore = (): void => undefined;
    const { port } = await startFtp({
      root: files,
      isolation: 'isolate-root',
      anonymous: true,
      log: { debug: ignore, info: ignore, error: ignore, warn: (message, facts) => warnings.push([message, facts]) },
      folders: { '/shared': createMemoryFileSystem({ '/s': '3' }) },
      rules: [
        {},
        { access: 'deny', users: ['?'], to: ['write'] },
        { access: 'deny', roles: ['staff'], path: '/shared', to: ['write'] },
      ],
    });
    const ada = await FtpClient.logIn(port);
    expect((await ada.download('NLST')).data.toString()).toBe('shared\r\nmine\r\n');
    expect([await ada.upload('STOR new', 'x'), await ada.upload('STOR shared/new', 'x')]).toEqual([[150, 226], [550]]);
    const guest = await FtpClient.logIn(port, 'ftp', 'me@');
    expect((await guest.download('NLST')).data.toString()).toBe('shared\r\nall\r\n');
    expect(await guest.code('DELE all')).toBe(550);
    await expect(FtpClient.logIn(port, 'bob', 'hunter2')).rejects.toThrow('530 You have no folder here.');
    expect(warnings).toEqual([['A user of FTP has no folder', { user: 'bob', folder: '/LocalUser/bob' }]]);
  });

  it('follows the commands of a client for Windows', async () => {
    const { port } = await startFtp({ root: root(), listingStyle: 'msdos' });
    const client = await FtpClient.connect(port);
    const codes: number[] = [];
    for (const command of [
      'AUTH TLS',
      'AUTH SSL',
      'USER ada',
      'PASS secret',
      'SYST',
      'FEAT',
      'OPTS UTF8 ON',
      'PBSZ 0',
      'PROT P',
      'PWD',
      'noop',
      'TYPE A',
      'CWD /docs/',
      'TYPE I',
    ])
      codes.push(await client.code(command));
    expect(codes).toEqual([502, 502, 331, 230, 215, 211, 200, 503, 503, 257, 200, 200, 250, 200]);
    expect((await client.download('LIST')).data.toString()).toMatch(
      /^\d\d-\d\d-\d{4} {2}\d\d:\d\d[AP]M {19}10 b\.txt\r\n/,
    );
  });
});
