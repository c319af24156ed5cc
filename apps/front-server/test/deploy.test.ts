import { lstat, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOf, startManaged, token } from './admin-fixtures.ts';
import { execute, temporaryFolder } from './front-server-fixtures.ts';
import { program, until } from './supervised-fixtures.ts';

const limits = { timeout: 120_000 };
const text = async (url: string): Promise<string> => (await fetch(url)).text();
const served = 'sites: { a: { routes: [{ path: /, static: { root: ./www/current, fallback: index.html } }] } }\n';
const shop = ', deployments: { shop: ./www }';
const environment = { WINDHOVER_TOKEN: token };

/** A folder with a configuration that nothing runs with. */
async function folderWith(
  config: string,
): Promise<{ folder: string; run: (...args: string[]) => ReturnType<typeof execute> }> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'admins'), '');
  const file = join(folder, 'windhover.yaml');
  await writeFile(file, config);
  return { folder, run: (...args) => execute(process.execPath, [program, ...args, '-c', file], {}) };
}

it('checks a configuration that serves a deployment before the first one, and makes nothing', limits, async () => {
  const { folder, run } = await folderWith(configOf(1, served, shop));
  expect(await run('check')).toMatchObject({ code: 0 });
  expect((await readdir(folder)).sort()).toEqual(['admins', 'windhover.yaml']);
});

it.each([2, 0])(
  'with `workers: %i` it starts with what is not deployed yet, and serves what comes',
  limits,
  async (workers) => {
    const { url, folder, api, command, admin, output } = await startManaged(workers, served, shop);
    expect((await fetch(url)).status).toBe(404);
    expect((await lstat(join(folder, 'www/current'))).isSymbolicLink()).toBe(true);
    expect((await api('GET', '/deployments')).json).toMatchObject([
      { name: 'shop', versions: [{ files: 0, user: '' }] },
    ]);
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'dist/index.html'), 'first');
    expect(await command(['deploy', 'shop', join(folder, 'dist'), '--url', admin], environment)).toMatchObject({
      code: 0,
    });
    await until(async () => (await text(url)) === 'first');
    const { stdout } = await command(['deploy', '--url', admin], environment);
    expect(stdout).toMatch(/^shop: \S+\n\* \S+ {2}1 file, 5 bytes {2}token ci\n {2}\S+ {2}0 files, 0 bytes\n$/);
    expect(output()).not.toContain('cannot');
  },
);

it('makes what is missing when a change of the configuration names it', limits, async () => {
  const { api, folder, url } = await startManaged(2, 'sites: { a: { routes: [{ path: /, respond: old }] } }\n');
  const { json: read } = await api('GET', '/config');
  const next = read.text.replace('respond: old', 'static: ./www/current').replace(' }\nusers:', `${shop} }\nusers:`);
  expect((await api('POST', '/config/validate', { text: next })).json).toMatchObject({ ok: true });
  expect(await readdir(folder)).not.toContain('www');
  expect(await api('PUT', '/config', { text: next, hash: read.hash })).toMatchObject({ status: 200 });
  expect((await fetch(url)).status).toBe(404);
  expect(await readdir(join(folder, 'www'))).toContain('current');
});

describe('a command that names files', () => {
  it('says what is wrong with them, before it asks a server', limits, async () => {
    const { folder, run } = await folderWith(configOf(1, served, shop));
    const at = (name: string): string => join(folder, name);
    await mkdir(at('empty'));
    await mkdir(at('linked'));
    await symlink('/etc/passwd', at('linked/a'));
    const said = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await run(...args);
      expect(code).toBe(1);
      return stderr;
    };
    expect(await said('deploy', 'shop', at('none'))).toBe(`There is no ${at('none')}.\n`);
    expect(await said('deploy', 'shop', at('empty'))).toBe(`${at('empty')} has no files.\n`);
    expect(await said('deploy', 'shop', at('linked'))).toMatch(/linked\/a is a link: a deployment has only/);
    expect(await said('config', 'apply', at('none.yaml'))).toBe(`There is no ${at('none.yaml')}.\n`);
    expect(await said('config', 'apply', at('empty'))).toBe(`${at('empty')} is a folder, and a file is expected.\n`);
  });

  it('says what a server lacks', limits, async () => {
    const { command, folder } = await startManaged(1, 'sites: { a: { routes: [{ path: /, respond: one }] } }\n');
    await writeFile(join(folder, 'a.zip'), 'no zip');
    for (const args of [[], ['shop'], ['shop', join(folder, 'a.zip')]])
      expect(await command(['deploy', ...args])).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^The configuration of the server has no deployments: name them under `admin/),
      });
    expect(await command(['deploy', '--url', 'http://127.0.0.1:1'], environment)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The management API cannot be reached: .*ECONNREFUSED/),
    });
  });

  it('says which deployments there are', limits, async () => {
    const { command } = await startManaged(1, served, shop);
    expect(await command(['deploy', 'shp'])).toMatchObject({
      code: 1,
      stderr: 'There is no deployment shp. There are: shop.\n',
    });
  });
});

describe('a server with `workers: 0`', () => {
  const sites = 'sites: { a: { routes: [{ path: /, respond: one }] } }\n';

  it('is found by its configuration, with a token', limits, async () => {
    const { command, config, admin } = await startManaged(0, sites);
    const asked = await command(['config', 'history']);
    expect(asked).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^With `workers: 0` .*WINDHOVER_TOKEN.*--url/),
    });
    await writeFile(
      config,
      configOf(0, sites).replace('admin: { listen: 127.0.0.1:0', `admin: { listen: ${new URL(admin).host}`),
    );
    const without = await command(['config', 'history']);
    expect(without.stderr).toMatch(/^With `workers: 0` .*WINDHOVER_TOKEN(?!.*--url)/);
    const found = await command(['config', 'history'], environment);
    expect(found).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\* /) });
  });

  it('cannot be asked over a socket, which commands say', limits, async () => {
    const { run } = await folderWith(configOf(0, sites));
    for (const name of ['status', 'reload', 'stop', 'app'])
      expect(await run(name)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^With `workers: 0` a server is one process/),
      });
  });
});
