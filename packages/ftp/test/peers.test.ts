import { execFile, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CertificateFiles, createTls } from '@windhover/transport';
import { Client } from 'basic-ftp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasOpenssl, makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import { makeAuthority } from '../../../scripts/lib/make-client-certificate.ts';
import { hasPeer, hasPythonModule, systemPython } from '../../../scripts/lib/peer.ts';
import { createMemoryFileSystem, type FtpServerOptions } from '../src/index.ts';
import { FtpClient } from './ftp-client.ts';
import { makeTls, startFtp, temporaryFolder, users } from './start-ftp.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(program: string, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    // Names of files are UTF-8, whatever the surroundings say.
    const env = { ...process.env, LC_ALL: 'C.UTF-8' };
    execFile(program, args, { timeout: 25_000, env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    );
  });
}

const big = Buffer.alloc(3_000_000, 'windhover');

async function folderWithFiles(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'docs', 'deep'), { recursive: true });
  await writeFile(join(folder, 'a.txt'), 'hello');
  await writeFile(join(folder, 'docs', 'deep', 'é b.txt'), 'deep');
  await writeFile(join(folder, 'big'), big);
  return folder;
}

async function secureServer(options: Partial<FtpServerOptions> = {}) {
  const folder = await folderWithFiles();
  const { tls, certFile } = await makeTls();
  return { folder, certFile, ...(await startFtp({ root: folder, tls, ...options })) };
}

describe.skipIf(!hasPeer('curl') || !hasOpenssl)('curl', () => {
  it('lists, downloads, resumes and uploads over TLS, with its data connections resuming the session', async () => {
    const { port, certFile, folder } = await secureServer();
    const curl = (...args: string[]) =>
      run('curl', '-sS', '--max-time', '20', '--ssl-reqd', '--cacert', certFile, '-u', 'ada:secret', ...args);
    const url = `ftp://localhost:${port}`;
    expect((await curl(`${url}/`)).out).toMatch(/a\.txt\r?\n/);
    expect((await curl('-l', `${url}/docs/deep/`)).out.trim()).toBe('é b.txt');
    expect(await curl('-C', '3', `${url}/a.txt`)).toMatchObject({ code: 0, out: 'lo' });
    const copy = join(await temporaryFolder(), 'copy');
    expect((await curl('-o', copy, `${url}/big`)).code).toBe(0);
    expect((await readFile(copy)).equals(big)).toBe(true);
    expect((await curl('--ftp-create-dirs', '-T', copy, `${url}/new/up`)).code).toBe(0);
    expect((await readFile(join(folder, 'new', 'up'))).equals(big)).toBe(true);
    await writeFile(join(folder, 'new', 'up'), big.subarray(0, 1000));
    expect((await curl('-C', '-', '-T', copy, `${url}/new/up`)).code).toBe(0);
    expect((await readFile(join(folder, 'new', 'up'))).equals(big)).toBe(true);
  });

  it('uses active data connections, and TLS from the beginning', async () => {
    const { port } = await startFtp({ root: await folderWithFiles() });
    expect((await run('curl', '-sS', '-P', '-', '-u', 'ada:secret', `ftp://127.0.0.1:${port}/a.txt`)).out).toBe(
      'hello',
    );
    const { port: implicit, certFile } = await secureServer({ implicitTls: true });
    expect(
      (await run('curl', '-sS', '--cacert', certFile, '-u', 'ada:secret', `ftps://localhost:${implicit}/a.txt`)).out,
    ).toBe('hello');
  });
});

describe.skipIf(!hasPeer('curl') || !hasOpenssl)('a client certificate', () => {
  const start = async () => {
    const folder = await folderWithFiles();
    const authority = await makeAuthority(await temporaryFolder(), 'staff');
    const [ada, eve] = [await authority.issue('ada'), await authority.issue('eve')];
    const files = await makeCertificate(await temporaryFolder(), { name: 'localhost' });
    const tls = await createTls({
      certificate: { ...files, clientCertificates: { caFile: authority.caFile, mode: 'request' } },
      alpnProtocols: ['ftp'],
    });
    const verifyCertificate = (name: string, der: Uint8Array) =>
      new X509Certificate(der).subject.split('\n').includes(`CN=${name}`) ? { name } : null;
    const { port } = await startFtp({ root: folder, tls, users: { ...users, verifyCertificate } });
    const trusting = ['-sS', '-v', '--max-time', '20', '--ssl-reqd', '--cacert', files.certFile];
    const showing = ({ certFile, keyFile }: CertificateFiles) => ['--cert', certFile, '--key', keyFile!];
    const curl = (...args: string[]) => run('curl', ...trusting, ...args, `ftp://localhost:${port}/a.txt`);
    return { curl, showing, ada, eve, port };
  };

  it('logs in without a password, with 232, and its data connections show it too', async () => {
    const { curl, showing, ada } = await start();
    const said = await curl(...showing(ada), '-u', 'ada:');
    expect(said).toMatchObject({ code: 0, out: 'hello' });
    expect(said.err).toContain('< 232 ');
    expect(said.err).not.toContain('> PASS');
  });

  it('of somebody else, or none, leaves it to the password', async () => {
    const { curl, showing, eve } = await start();
    const other = await curl(...showing(eve), '-u', 'ada:wrong');
    expect([other.code, other.err]).toEqual([67, expect.stringContaining('< 331 ')]);
    expect(await curl('-u', 'ada:secret')).toMatchObject({ code: 0, out: 'hello' });
  });

  it('is seen by openssl as it is by curl', async () => {
    const { showing, ada, port } = await start();
    const [, certFile, , keyFile] = showing(ada);
    const child = spawn(
      'openssl',
      ['s_client', '-quiet', '-starttls', 'ftp', '-connect', `127.0.0.1:${port}`, '-cert', certFile!, '-key', keyFile!],
      { stdio: ['pipe', 'pipe', 'ignore'] },
    );
    onTestFinished(() => void child.kill());
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.stdin.write('USER ada\r\nPWD\r\n');
    await expect.poll(() => said, { timeout: 10_000 }).toMatch(/^232 [^\n]*\n257 /m);
  });
});

describe.skipIf(!hasPeer('lftp') || !hasOpenssl)('lftp', () => {
  it('mirrors both ways over TLS', async () => {
    const { port, folder } = await secureServer();
    const copy = join(await temporaryFolder(), 'copy');
    const script = [
      'set ssl:verify-certificate no; set ftp:ssl-force true; set ftp:ssl-protect-data true; set net:max-retries 1; set net:timeout 10',
      `open -u ada,secret ftp://127.0.0.1:${port}`,
      `mirror / ${copy}`,
      `mirror -R ${copy} /again`,
    ].join('; ');
    expect(await run('lftp', '--norc', '-c', script)).toMatchObject({ code: 0 });
    expect((await readdir(copy)).sort()).toEqual(['a.txt', 'big', 'docs']);
    expect((await readFile(join(folder, 'again', 'big'))).equals(big)).toBe(true);
    expect(await readFile(join(folder, 'again', 'docs', 'deep', 'é b.txt'), 'utf8')).toBe('deep');
  });
});

describe.skipIf(!hasPeer('ncftpget') || !hasPeer('ncftpput'))('ncftp', () => {
  it('gets and puts', async () => {
    const folder = await folderWithFiles();
    const { port } = await startFtp({ root: folder });
    const copy = await temporaryFolder();
    const login = ['-u', 'ada', '-p', 'secret', '-P', String(port), '-V'];
    expect(await run('ncftpget', ...login, '127.0.0.1', copy, '/big')).toMatchObject({ code: 0 });
    expect((await readFile(join(copy, 'big'))).equals(big)).toBe(true);
    expect(await run('ncftpput', ...login, '-m', '127.0.0.1', '/put', join(copy, 'big'))).toMatchObject({ code: 0 });
    expect((await readFile(join(folder, 'put', 'big'))).equals(big)).toBe(true);
  });
});

describe.skipIf(!hasPeer(systemPython))("Python's ftplib", () => {
  it('lists, reads and writes', async () => {
    const { port } = await startFtp({ root: await folderWithFiles() });
    const script = `
import ftplib, io
c = ftplib.FTP(); c.connect('127.0.0.1', ${port}); c.login('ada', 'secret')
print(sorted(n for n, f in c.mlsd()), (c.voidcmd('TYPE I'), c.size('a.txt'))[1])
c.storbinary('STOR up', io.BytesIO(b'x' * 1000)); out = io.BytesIO(); c.retrbinary('RETR up', out.write, rest=990); print(out.getvalue())
print(c.mkd('n"w')); print(c.rename('up', 'n"w/up')); print(c.nlst('n"w')); c.delete('n"w/up'); c.rmd('n"w'); print(c.quit())
`;
    expect((await run(systemPython, '-c', script)).out.split('\n')).toEqual([
      "['a.txt', 'big', 'docs'] 5",
      "b'xxxxxxxxxx'",
      '/n"w',
      '250 It was renamed.',
      "['up']",
      '221 Goodbye.',
      '',
    ]);
  });

  it.skipIf(!hasOpenssl)('needs the resumption of sessions to be optional with TLS', async () => {
    const script = (port: number) => `
import ftplib, ssl
c = ftplib.FTP_TLS(context=ssl._create_unverified_context()); c.connect('127.0.0.1', ${port}); c.login('ada', 'secret'); c.prot_p()
print(c.nlst('docs'))
`;
    const lax = await secureServer({ requireSessionReuse: false });
    expect((await run(systemPython, '-c', script(lax.port))).out).toBe("['deep']\n");
    const strict = await secureServer();
    expect((await run(systemPython, '-c', script(strict.port))).err).toContain('522 ');
  });
});

describe.skipIf(!hasOpenssl)('basic-ftp', () => {
  it('walks, uploads and downloads over TLS', async () => {
    const { port, folder, certFile } = await secureServer();
    const client = new Client(10_000);
    onTestFinished(() => client.close());
    await client.access({
      host: 'localhost',
      port,
      user: 'ada',
      password: 'secret',
      secure: true,
      secureOptions: { ca: await readFile(certFile) },
    });
    expect((await client.list()).map(({ name }) => name).sort()).toEqual(['a.txt', 'big', 'docs']);
    const copy = await temporaryFolder();
    await client.downloadToDir(copy);
    expect((await readFile(join(copy, 'big'))).equals(big)).toBe(true);
    await client.uploadFromDir(copy, 'up');
    expect((await readFile(join(folder, 'up', 'big'))).equals(big)).toBe(true);
  });
});

describe.skipIf(!hasPythonModule('pyftpdlib'))('pyftpdlib', () => {
  it('answers the same commands with the same codes', async () => {
    const folder = await folderWithFiles();
    const theirs = await startPyftpdlib(folder);
    const { port: ours } = await startFtp({ root: createMemoryFileSystem({ '/a.txt': 'hello', '/docs/b': '' }) });
    const commands = [
      'NOOP',
      'PWD',
      'FEAT',
      'SYST',
      'XYZ',
      'PASS x',
      'USER',
      'USER ada',
      'PASS secret',
      'TYPE I',
      'TYPE X',
      'MODE S',
      'MODE B',
      'STRU F',
      'STRU P',
      'PWD',
      'CWD none',
      'CWD docs',
      'CDUP',
      'SIZE a.txt',
      'SIZE none',
      'SIZE',
      'MDTM a.txt',
      'MDTM none',
      'REST x',
      'REST 0',
      'RNTO x',
      'RNFR none',
      'RNFR a.txt',
      'RNTO b.txt',
      'DELE none',
      'DELE b.txt',
      'MKD new',
      'MKD new',
      'RMD new',
      'RMD new',
      'ABOR',
      'ALLO 5',
      'EPSV ALL',
      'EPSV',
      'PASV',
      'OPTS UTF8 ON',
      'SITE XYZ',
      'MLST docs',
      'QUIT',
    ];
    const codes = async (port: number): Promise<string[]> => {
      const client = await FtpClient.connect(port);
      const all: string[] = [];
      for (const command of commands) all.push(`${command}: ${await client.code(command)}`);
      return all;
    };
    const [one, other] = [await codes(ours), await codes(theirs)];
    const differences = one.flatMap((line, index) =>
      line === other[index] ? [] : [`${line}, theirs ${other[index]!.slice(-3)}`],
    );
    expect(differences).toEqual([
      'EPSV ALL: 200, theirs 220', // RFC 2428 §3 has 200
      'OPTS UTF8 ON: 200, theirs 501', // clients of Windows send it
      'SITE XYZ: 504, theirs 500', // the command is known, its parameter is not
    ]);
  });
});

async function startPyftpdlib(folder: string): Promise<number> {
  const script = `
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
a = DummyAuthorizer(); a.add_user('ada', 'secret', sys.argv[1], perm='elradfmwMT')
h = FTPHandler; h.authorizer = a; h.auth_failed_timeout = 0
s = FTPServer(('127.0.0.1', 0), h); print(s.socket.getsockname()[1], flush=True); s.serve_forever()
`;
  const child = spawn(systemPython, ['-c', script, folder], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill());
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return Number(line.toString());
}
