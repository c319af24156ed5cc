import { readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import { zipFolder } from '../src/lib/admin/zip-folder.ts';
import { startManaged, token } from './admin-fixtures.ts';
import { execute, temporaryFolder } from './front-server-fixtures.ts';
import { start, until } from './supervised-fixtures.ts';

const sites = 'sites: { a: { routes: [{ path: /, respond: one }] } }\n';
const limits = { timeout: 120_000 };
const tokens = `tokens: [{ name: ci, role: configure, token: ${token} }]`;
const header = `Authorization: Bearer ${token}`;
/** The answer of `curl`, and its exit code. */
const ask = (...args: string[]) => execute('curl', ['-s', '--max-time', '10', '-H', header, ...args]);

describe('the management API', () => {
  it('listens on a Unix socket that only its user can open, and moves to another one', limits, async () => {
    const folder = await temporaryFolder();
    const [first, second] = [join(folder, 'a.sock'), join(folder, 'b.sock')];
    const running = await start(sites, `admin: { listen: "unix:${first}", ${tokens} }\n`);
    const overview = (socket: string) => ask('--unix-socket', socket, 'http://any.example/api/v1/overview');
    expect(JSON.parse((await overview(first)).stdout)).toMatchObject({ pid: running.process.pid });
    expect((await stat(first)).mode & 0o777).toBe(0o600);
    expect((await running.command('config', 'history')).stdout).toContain('the first one');
    await writeFile(running.config, (await readFile(running.config, 'utf8')).replace(first, second));
    expect(await running.command('reload')).toMatchObject({ code: 0 });
    expect(JSON.parse((await overview(second)).stdout).config).toMatchObject({ edition: 2 });
    expect((await overview(first)).code).not.toBe(0);
    expect((await running.command('config', 'history')).stdout).toContain('edited by hand');
  });

  it('stays where it is if the rest of a reload fails', limits, async () => {
    const folder = await temporaryFolder();
    const [first, second] = [join(folder, 'a.sock'), join(folder, 'b.sock')];
    const taken = await start(sites);
    const running = await start(sites, `admin: { listen: "unix:${first}", ${tokens} }\n`);
    const text = await readFile(running.config, 'utf8');
    await writeFile(
      running.config,
      text.replace(first, second).replace('listen: 127.0.0.1:0', `listen: 127.0.0.1:${taken.port}`),
    );
    expect(await running.command('reload')).toMatchObject({ code: 1 });
    expect((await ask('--unix-socket', first, 'http://a/api/v1/overview')).stdout).toContain('"edition":1');
    expect((await ask('--unix-socket', second, 'http://a/api/v1/overview')).code).not.toBe(0);
  });

  it('speaks TLS, and its own commands know its certificate', limits, async () => {
    const folder = await temporaryFolder();
    const { certFile, keyFile } = await makeCertificate(folder, { name: 'admin.example' });
    const tls = `tls: { certificate: ${certFile}, key: ${keyFile} }`;
    const running = await start(sites, `admin: { listen: 127.0.0.1:0, ${tls}, hosts: [admin.example], ${tokens} }\n`);
    const port = /admin +https:\/\/127\.0\.0\.1:(\d+)\//.exec(running.output())![1]!;
    const there = ['--resolve', `admin.example:${port}:127.0.0.1`, '--cacert', certFile];
    const login = await ask(
      ...there,
      '-i',
      '-d',
      JSON.stringify({ token }),
      '-H',
      'Content-Type: application/json',
      `https://admin.example:${port}/api/v1/session`,
    );
    expect(login.stdout).toMatch(/Set-Cookie: __Host-windhover-admin-\d+=.*; Secure; HttpOnly; SameSite=Strict/i);
    expect(await running.command('config', 'history')).toMatchObject({ code: 0, stderr: '' });
    const wrong = join(folder, 'wrong.yaml');
    await writeFile(wrong, `admin: { tls: { certificate: ./none.pem }, ${tokens} }\n${sites}`);
    const checked = await execute(process.execPath, [
      new URL('../dist/main.js', import.meta.url).pathname,
      'check',
      '-c',
      wrong,
    ]);
    expect([checked.code, checked.stdout + checked.stderr]).toEqual([
      2,
      expect.stringMatching(/admin\.tls[\s\S]*none\.pem/),
    ]);
  });

  it('lists the certificates of the sites', limits, async () => {
    const folder = await temporaryFolder();
    const { certFile, keyFile } = await makeCertificate(folder, { name: 'shop.example' });
    const secure = `listen: { port: 0, address: 127.0.0.1, tls: true }\nsites: { a: { hosts: shop.example, tls: { certificate: ${certFile}, key: ${keyFile} }, routes: [{ path: /, respond: a }] } }\n`;
    for (const workers of [2, 0]) {
      const { api } = await startManaged(workers, secure);
      const [only, ...others] = (await api('GET', '/certificates')).json;
      expect([only, others]).toEqual([
        {
          names: ['shop.example'],
          source: certFile,
          issuer: null,
          expiresAt: expect.any(Number),
          renewsAt: null,
          lastError: null,
          staple: null,
        },
        [],
      ]);
    }
  });

  it('takes a ZIP file that is longer than other bodies may be', limits, async () => {
    const { api, folder } = await startManaged(2, sites, ', deployments: { shop: ./www }, maxUpload: 50MB');
    const random = Buffer.alloc(40 * 1024 * 1024, (await execute('head', ['-c', '65521', '/dev/urandom'])).stdout);
    const put = (bytes: Uint8Array) =>
      api('PUT', '/deployments/shop', zipSync({ 'a.bin': bytes }, { level: 0 }), { 'content-type': 'application/zip' });
    expect(await put(random)).toMatchObject({ status: 200 });
    expect((await stat(join(folder, 'www/current/a.bin'))).size).toBe(random.length);
    const refused = await put(Buffer.concat([random, random])).catch((error: Error) => error); // it may close before all is sent
    expect(refused instanceof Error ? 413 : refused.status).toBe(413);
    await until(async () => (await api('GET', '/overview')).status === 200);
  });
});

describe('zipFolder()', () => {
  it('refuses links', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'a.txt'), 'a');
    await symlink('/etc/passwd', join(folder, 'b.txt'));
    await expect(zipFolder(folder, join(await temporaryFolder(), 'a.zip'))).rejects.toThrow(/b\.txt is a link/);
  });
});
