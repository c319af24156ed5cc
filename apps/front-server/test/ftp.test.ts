import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FtpState } from '@windhover/admin';
import { describe, expect, it } from 'vitest';
import { hashPassword } from '../../../packages/auth/src/index.ts';
import { FtpClient } from '../../../packages/ftp/test/ftp-client.ts';
import { hasOpenssl, makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import { makeAuthority } from '../../../scripts/lib/make-client-certificate.ts';
import { administer } from '../src/lib/administer.ts';
import { describeServer } from '../src/lib/describe-server.ts';
import { inspectConfig } from '../src/lib/inspect-config.ts';
import type { ReadThing } from '../src/lib/managed-things.ts';
import { execute, startConfig, startServer, temporaryFolder } from './front-server-fixtures.ts';

async function folderWithUsers(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'public'));
  await writeFile(join(folder, 'public', 'a.txt'), 'hello');
  await writeFile(join(folder, 'users'), `ada:${await hashPassword('secret')}\n`);
  return folder;
}

const fetch = (...args: string[]) => execute('curl', ['-sS', '--max-time', '20', ...args]);

const site = 'sites: { one: { routes: [{ path: /, respond: one }] } }\n';

describe('ftp', () => {
  it('serves the users of the configuration, moves with a reload, and keeps its sessions', async () => {
    const folder = await folderWithUsers();
    const text = (greeting: string, listen = '127.0.0.1:0') =>
      `users: { admins: { htpasswd: users } }\nftp:\n  - { listen: "${listen}", tls: none, users: admins, root: ./public, greeting: ${greeting} }\n${site}`;
    const { server, logLines } = await startServer(text('one'), folder);
    const { port } = server.ftpListeners[0]!;
    const url = `ftp://127.0.0.1:${port}`;
    expect(describeServer('1.0.0', server)).toContain(url);
    expect(await fetch('-u', 'ada:secret', `${url}/a.txt`)).toMatchObject({ code: 0, stdout: 'hello' });
    expect(await fetch('-u', 'ada:wrong', `${url}/a.txt`)).toMatchObject({ code: 67 });
    await fetch('-u', 'ada:secret', '-T', join(folder, 'users'), `${url}/copy`);
    expect(await readFile(join(folder, 'public', 'copy'), 'utf8')).toContain('ada:');
    await expect.poll(() => logLines.join('')).toMatch(/FTP RETR \/a\.txt 226/);
    const config = { file: join(folder, 'windhover.yaml'), text: `listen: 127.0.0.1:0\n${text('two')}` };
    expect(await server.reload({ config })).toMatchObject({ ok: true });
    expect(server.ftpListeners[0]!.port).toBe(port);
    expect((await fetch('-v', '-u', 'ada:secret', `${url}/a.txt`)).stderr).toContain('220 two');
    const gone = { file: config.file, text: `listen: 127.0.0.1:0\n${site}` };
    expect(await server.reload({ config: gone })).toMatchObject({ ok: true });
    expect(server.ftpListeners).toEqual([]);
    expect((await fetch('-u', 'ada:secret', `${url}/a.txt`)).code).toBe(7);
    const metrics = JSON.stringify(await server.collect());
    expect(metrics).toContain('windhover_ftp_bytes_total');
  });

  it('needs no sites, and is ready without them', async () => {
    const folder = await folderWithUsers();
    const text = [
      'metrics: 127.0.0.1:0',
      'users: { admins: { htpasswd: users } }',
      'ftp: [{ listen: "127.0.0.1:0", tls: none, users: admins, root: ./public }]',
    ].join('\n');
    const { server } = await startConfig(text, folder);
    expect(server.listeners).toEqual([]);
    const { port } = server.ftpListeners[0]!;
    expect(await fetch('-u', 'ada:secret', `ftp://127.0.0.1:${port}/a.txt`)).toMatchObject({ stdout: 'hello' });
    const { port: metrics } = server.operationsListener!.address as { port: number };
    expect(
      await fetch('-w', '%{http_code}', '-o', '/dev/null', `http://127.0.0.1:${metrics}/health/ready`),
    ).toMatchObject({
      stdout: '200',
    });
  });

  it.skipIf(!hasOpenssl)('serves the example without sites of the README', async () => {
    const readme = await readFile(join(import.meta.dirname, '..', 'README.md'), 'utf8');
    const [, example = ''] = /```yaml\n(users:\n[^`]*\nftp:\n[^`]*)```/.exec(readme) ?? [];
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'files'));
    await writeFile(join(folder, 'files', 'a.txt'), 'hello');
    await writeFile(join(folder, 'people'), `ada:${await hashPassword('secret')}\n`);
    await makeCertificate(folder, { name: 'localhost' });
    const pem = await Promise.all(['crt', 'key'].map((end) => readFile(join(folder, `localhost.${end}`), 'utf8')));
    await writeFile(join(folder, 'files.pem'), pem.join(''));
    const { server } = await startConfig(example.replace('- { users', '- { listen: "127.0.0.1:0", users'), folder);
    const url = `ftp://localhost:${server.ftpListeners[0]!.port}/a.txt`;
    const trusting = ['--ssl-reqd', '--cacert', join(folder, 'localhost.crt'), '-u', 'ada:secret'];
    expect(await fetch(...trusting, url)).toMatchObject({ code: 0, stdout: 'hello' });
  });

  it('says that one of the two is needed', async () => {
    const found = await inspectConfig({ file: 'w.yaml', text: 'workers: 0' }, (loaded) => loaded);
    expect(found).toMatchObject({
      ok: false,
      problems: [{ message: 'expected the key `sites` or `ftp`, found neither' }],
    });
  });

  it.skipIf(!hasOpenssl)('uses the certificates of the sites', async () => {
    const folder = await folderWithUsers();
    await makeCertificate(folder, { name: 'localhost' });
    const { server } = await startConfig(
      [
        'listen: { port: 0, address: 127.0.0.1, tls: true }',
        'users: { admins: { htpasswd: users } }',
        'ftp:',
        '  - { listen: "127.0.0.1:0", tls: required, passivePorts: 50000-50100, users: admins, root: ./public }',
        'sites:',
        '  one: { hosts: [localhost], tls: { certificate: localhost.crt, key: localhost.key }, routes: [{ path: /, respond: x }] }',
      ].join('\n'),
      folder,
    );
    const url = `ftp://localhost:${server.ftpListeners[0]!.port}/a.txt`;
    const trusting = ['--cacert', join(folder, 'localhost.crt'), '-u', 'ada:secret'];
    expect(await fetch('--ssl-reqd', ...trusting, url)).toMatchObject({ code: 0, stdout: 'hello' });
    expect((await fetch(...trusting, url)).code).toBe(67);
  });

  it.skipIf(!hasOpenssl)('lets in users with a client certificate', async () => {
    const folder = await folderWithUsers();
    await makeCertificate(folder, { name: 'localhost' });
    const authority = await makeAuthority(folder, 'staff');
    const { certFile, keyFile } = await authority.issue('ada');
    const text = (more: string) =>
      `ftp: [{ listen: "127.0.0.1:0", root: ./public, clientCertificates: { ca: ${authority.caFile}, mode: request }, certificateUsers: [{ subject: { CN: ada }, user: "{CN}" }]${more} }]\n${site}`;
    const { server } = await startServer(text(', certificate: localhost.crt, key: localhost.key'), folder);
    const asked = ['--ssl-reqd', '--cacert', join(folder, 'localhost.crt'), '--cert', certFile, '--key', keyFile!];
    const url = `ftp://localhost:${server.ftpListeners[0]!.port}/a.txt`;
    expect(await fetch(...asked, '-u', 'ada:', url)).toMatchObject({ code: 0, stdout: 'hello' });
    expect((await fetch(...asked, '-u', 'eve:', url)).code).toBe(67);
    await expect(startServer(text(''), folder)).rejects.toThrow(/clientCertificates[\s\S]*`certificate` beside it/);
    const unasked = text(', certificate: localhost.crt, key: localhost.key').replace(
      /clientCertificates: \{[^}]*\}, /,
      '',
    );
    await expect(startServer(unasked, folder)).rejects.toThrow(/certificateUsers[\s\S]*nobody is asked for one/);
  });

  it('keeps a session over a reload, shows it to administrators, and lets them end it', async () => {
    const folder = await folderWithUsers();
    const text = (greeting: string) =>
      `users: { admins: { htpasswd: users } }\nftp:\n  - { listen: "127.0.0.1:0", tls: none, users: admins, root: ./public, greeting: ${greeting} }\n${site}`;
    const { server } = await startServer(text('one'), folder);
    const client = await FtpClient.logIn(server.ftpListeners[0]!.port!);
    const config = { file: join(folder, 'windhover.yaml'), text: `listen: 127.0.0.1:0\n${text('two')}` };
    expect(await server.reload({ config })).toMatchObject({ ok: true });
    expect((await client.download('RETR a.txt')).data.toString()).toBe('hello');
    const [thing] = administer(server, { ask: 'things' }) as readonly ReadThing[];
    const { sessions, counts } = thing!.state as FtpState;
    expect(counts).toEqual({ sessions: 1, transfers: 0 });
    expect(sessions.all).toMatchObject([{ user: 'ada', folder: '/', bytes: 5, command: null, path: null }]);
    const session = sessions.all[0]!.name;
    const action = { kind: 'ftp', name: thing!.name, action: 'end', args: { session } };
    expect(await server.act(action)).toMatchObject({ is: 'done', value: { ended: session } });
    expect(await client.reply()).toBe('421 An administrator has ended this session.');
  });

  it('serves the files and users of the host that HOST names (RFC 7151)', async () => {
    const folder = await folderWithUsers();
    await mkdir(join(folder, 'other'));
    const hosts = 'hosts: { other.example: { root: ./other, anonymous: true, greeting: other } }';
    const { server } = await startServer(
      `users: { admins: { htpasswd: users } }\nftp: [{ listen: "127.0.0.1:0", tls: none, users: admins, root: ./public, ${hosts} }]\n${site}`,
      folder,
    );
    const { port } = server.ftpListeners[0]!;
    const client = await FtpClient.connect(port!);
    expect(await client.code('HOST none.example')).toBe(504);
    expect(await client.ask('HOST other.example')).toBe('220 other');
    expect(await client.code('USER anonymous')).toBe(331);
    expect(await client.code('PASS me@example.com')).toBe(230);
    expect(await client.code('MDTM a.txt')).toBe(550);
    const missing = `ftp: [{ listen: "127.0.0.1:0", tls: none, root: ./public, hosts: { a.example: { root: ./none, anonymous: true } } }]\n${site}`;
    await expect(startServer(missing, folder)).rejects.toThrow(/ftp\[0\]\.hosts.*a\.example.*root/);
  });

  it('keeps users to their quotas, and writes a line for each command to a log', async () => {
    const folder = await folderWithUsers();
    for (const name of ['ada', 'bob']) await mkdir(join(folder, 'public', 'LocalUser', name), { recursive: true });
    const hash = await hashPassword('secret');
    const text = (log: string) =>
      `ftp: [{ listen: "127.0.0.1:0", tls: none, root: ./public, isolation: isolate-all, quota: { default: 10, users: { bob: null } }, users: { list: { ada: "${hash}", bob: "${hash}" } }, log: ${log} }]\n${site}`;
    const { server } = await startServer(text('./logs/ftp.log'), folder);
    const { port } = server.ftpListeners[0]!;
    const [ada, bob] = [await FtpClient.logIn(port!), await FtpClient.logIn(port!, 'bob')];
    expect([await ada.upload('STOR a b', '12345678901'), await bob.upload('STOR a', '12345678901')]).toEqual([
      [150, 552],
      [150, 226],
    ]);
    await ada.ask('QUIT');
    await ada.reply();
    await server.stop();
    const lines = (await readFile(join(folder, 'logs', 'ftp.log'), 'utf8')).split('\n');
    expect(lines[3]).toMatch(/^#Fields: date time c-ip cs-username/);
    expect(lines).toContainEqual(expect.stringMatching(/^\S+ \S+ 127\.0\.0\.1 ada 127\.0\.0\.1 \d+ PASS \*\*\* 230 /));
    expect(lines).toContainEqual(
      expect.stringMatching(/ ada 127\.0\.0\.1 \d+ STOR a\+b 552 0 0 0 \d+ \d+ - \S+ \/a\+b$/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/ bob 127\.0\.0\.1 \d+ STOR a 226 0 0 0 11 /));
    expect(lines[4]).toMatch(/ - 127\.0\.0\.1 \d+ ControlChannelOpened - - 0 0 0 0 0 - /);
    const ofAda = lines.filter((line) => line.split(' ')[3] === 'ada').map((line) => line.split(' ')[6]);
    expect(ofAda.filter((kind) => /Channel/.test(kind!)).sort()).toEqual([
      'ControlChannelClosed',
      'DataChannelClosed',
      'DataChannelOpened',
    ]);
    const conflicting = `accessLog: ./logs/ftp.log\n${text('./logs/ftp.log')}`;
    await expect(startServer(conflicting, folder)).rejects.toThrow(/expected a file of its own|`w3c` at all places/i);
    await expect(startServer(text('{ to: console, rotate: { size: 1MB } }'), folder)).rejects.toThrow(/beside a file/);
  });

  it('asks whether another host was meant, where no client can name one', async () => {
    const text = `ftp: [{ listen: 0, tls: none, root: ., hosts: { "pub.example.com:21": { root: ., anonymous: true } } }]\n${site}`;
    const found = await inspectConfig({ file: 'w.yaml', text }, (loaded) => loaded);
    expect(found).toMatchObject({
      ok: false,
      problems: [{ path: 'ftp[0].hosts["pub.example.com:21"]', suggestion: 'pub.example.com' }],
    });
  });

  it('takes connections of the addresses that it is told', async () => {
    const folder = await folderWithUsers();
    const text = (filter: string) =>
      `users: { admins: { htpasswd: users } }\nftp: [{ listen: "127.0.0.1:0", tls: none, users: admins, root: ./public, connectionFilter: ${filter} }]\n${site}`;
    const { server } = await startServer(text('{ deny: 127.0.0.2 }'), folder);
    const { port } = server.ftpListeners[0]!;
    const from = (address: string) =>
      fetch('--interface', address, '-u', 'ada:secret', `ftp://127.0.0.1:${port}/a.txt`);
    expect(await from('127.0.0.1')).toMatchObject({ code: 0, stdout: 'hello' });
    expect((await from('127.0.0.2')).stdout).toBe('');
    await expect(startServer(text('{ deny: nowhere }'), folder)).rejects.toThrow(/ftp\[0\]\.connectionFilter\.deny/);
  });

  it('lets a transfer end when it stops', async () => {
    const folder = await folderWithUsers();
    const { server } = await startServer(
      `users: { admins: { htpasswd: users } }\nftp: [{ listen: "127.0.0.1:0", tls: none, users: admins, root: ./public }]\n${site}`,
      folder,
    );
    const { port } = server.ftpListeners[0]!;
    const [client, idle] = [await FtpClient.logIn(port!), await FtpClient.logIn(port!)];
    const data = await client.passive();
    expect(await client.code('STOR b.txt')).toBe(150);
    data.write('first ');
    const stopped = server.stop();
    expect(await idle.reply()).toBe('421 The server stops.');
    data.end('last');
    expect(await client.reply()).toMatch(/^226/);
    expect(await client.reply()).toBe('421 The server stops.');
    await stopped;
    expect(await readFile(join(folder, 'public', 'b.txt'), 'utf8')).toBe('first last');
  });

  it('says what is wrong', async () => {
    await expect(
      startServer(`ftp: [{ root: ./none, anonymous: true, tls: none, listen: "127.0.0.1:0" }]\n${site}`),
    ).rejects.toThrow(/ftp\[0\]\.root[\s\S]*Expected a folder that exists/);
    const folder = await folderWithUsers();
    await expect(
      startServer(`ftp: [{ root: ./public, anonymous: true, listen: "127.0.0.1:0" }]\n${site}`, folder),
    ).rejects.toThrow(/there are no certificates/);
    const text = `ftp: [{ root: ./public, anonymous: true, listen: "127.0.0.1:0", certificate: none.crt }]\n${site}`;
    await expect(startServer(text, folder)).rejects.toThrow(
      /ftp\[0\]\.certificate\n.*certificate: none\.crt[\s\S]*\^[\s\S]*There is no such file/,
    );
  });

  it.runIf(hasOpenssl)(
    'says at its place which certificate or key is wrong, together with other mistakes',
    async () => {
      const folder = await folderWithUsers();
      const [one, two] = [
        await makeCertificate(folder, { name: 'one' }),
        await makeCertificate(folder, { name: 'two' }),
      ];
      const server = (more: string): string => `{ root: ./public, anonymous: true, listen: "127.0.0.1:0", ${more} }`;
      const text = `ftp:
  - ${server('certificate: one.crt')}
  - ${server('certificate: one.crt, key: two.key')}
  - ${server('certificate: one.crt, key: none.key')}
  - ${server('certificate: one.crt, key: one.key, clientCertificates: none.pem')}
  - ${server('certificate: one.crt, key: one.key')}
nonsense: 1
${site}`;
      const file = join(folder, 'windhover.yaml');
      const problems = await inspectConfig({ file, text }, (loaded) => (loaded.ok ? [] : loaded.problems));
      expect(problems.map(({ path, line, message }) => [path, line, message])).toEqual([
        [
          'ftp[0].certificate',
          2,
          `expected a private key too, found none in ${one.certFile}: name its key under \`key\`, or put it into the file`,
        ],
        [
          'ftp[1].key',
          3,
          expect.stringContaining(`${two.keyFile} is the key of another certificate than ${one.certFile}`),
        ],
        ['ftp[2].key', 4, expect.stringContaining('none.key. There is no such file')],
        ['ftp[3].clientCertificates', 5, expect.stringContaining('none.pem')],
        ['nonsense', 7, expect.any(String)],
      ]);
    },
  );
});
