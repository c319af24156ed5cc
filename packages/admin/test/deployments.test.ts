import { mkdir, mkdtemp, readdir, readFile, readlink, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock, runHandler } from '@windhover/testing';
import { type Zippable, zipSync } from 'fflate';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type AdminDeployments,
  createDeployments,
  type DeploymentFolder,
  type DeploymentOptions,
} from '../src/index.ts';
import { bearer, codeOf, send, start } from './fixtures.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** A deployment `shop` in a new folder. */
async function shop(own: Partial<DeploymentFolder> = {}, options: DeploymentOptions = {}) {
  const root = await mkdtemp(join(tmpdir(), 'windhover-deploy-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, 'www');
  const clock = createManualClock();
  const deployments = createDeployments(
    { shop: { folder, ...own } },
    { uploadFolder: join(root, 'up'), clock, ...options },
  );
  const { handler, audit } = start({ deployments });
  const put = (body: Uint8Array, query = '') =>
    runHandler(handler, {
      ...{ method: 'PUT', url: `/api/v1/deployments/shop${query}`, body },
      headers: { ...bearer('configure'), 'Content-Type': 'application/zip' },
    });
  return { root, folder, clock, deployments, handler, put, audit };
}

const current = (folder: string): Promise<string> => readFile(join(folder, 'current', 'index.html'), 'utf8');

describe('a deployment', () => {
  it('makes versions of ZIP files, switches, and goes back', async () => {
    const { folder, put, clock, handler, root, audit } = await shop();
    const first = (await put(zipSync({ 'index.html': text('one'), 'a/b.txt': text('b') }))).json() as {
      version: string;
    };
    expect([await current(folder), await readFile(join(folder, 'current/a/b.txt'), 'utf8')]).toEqual(['one', 'b']);
    clock.advance(1000);
    const second = (await put(zipSync({ 'index.html': text('two') }))).json() as { version: string };
    expect(await current(folder)).toBe('two');
    const list = (await send(handler, 'GET', '/deployments', { headers: bearer('look') })).json();
    expect(list).toMatchObject([
      {
        name: 'shop',
        current: second.version,
        versions: [
          { id: second.version, user: 'token configure', files: 1, bytes: 3 },
          { id: first.version, files: 2, bytes: 4 },
        ],
      },
    ]);
    const body = { version: first.version };
    expect(
      await send(handler, 'POST', '/deployments/shop/activate', { headers: bearer('configure'), body }),
    ).toMatchObject({ status: 204 });
    expect([await current(folder), await readlink(join(folder, 'current'))]).toEqual([
      'one',
      join('versions', first.version),
    ]);
    expect(await readdir(join(root, 'up'))).toEqual([]);
    expect(audit().map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'deploy done',
      'deploy done',
      'activate done',
    ]);
  });

  it('can wait with the switch, and calls what follows it', async () => {
    const switched: string[] = [];
    const { folder, put, deployments } = await shop({ onSwitch: () => void switched.push('recycled') });
    const { version } = (await put(zipSync({ 'index.html': text('one') }), '?activate=false')).json() as {
      version: string;
    };
    await expect(current(folder)).rejects.toThrow('ENOENT');
    await deployments.activate('shop', version);
    expect([await current(folder), switched]).toEqual(['one', ['recycled']]);
  });

  it('keeps the newest versions, and the one in use in any case', async () => {
    const { folder, put, deployments, clock } = await shop({ keep: 2 });
    const versions: string[] = [];
    for (let count = 0; count < 4; count++) {
      clock.advance(1000);
      const answer = await put(zipSync({ 'index.html': text(String(count)) }), count === 0 ? '' : '?activate=false');
      versions.push((answer.json() as { version: string }).version);
    }
    const [list] = await deployments.list();
    expect(list!.versions.map(({ id }) => id)).toEqual([versions[3], versions[0]]);
    expect(await current(folder)).toBe('0');
    expect(await readdir(join(folder, 'versions'))).toHaveLength(4);
  });

  it('does not replace a `current` that is a file or folder of somebody, and unpacks nothing then', async () => {
    const { folder, put, root } = await shop();
    const link = join(folder, 'current');
    await mkdir(folder, { recursive: true });
    await writeFile(link, 'of somebody');
    const answer = await put(zipSync({ 'index.html': text('one') }));
    expect([answer.status, answer.text()]).toEqual([422, expect.stringContaining('is a file, and must be a link')]);
    expect(await readFile(link, 'utf8')).toBe('of somebody');
    await rm(link);
    await mkdir(link);
    await writeFile(join(link, 'a.txt'), 'of somebody');
    const other = await put(zipSync({ 'index.html': text('one') }));
    expect([other.status, other.text()]).toEqual([422, expect.stringContaining('is a folder with files')]);
    expect([await readdir(folder), await readdir(root)]).toEqual([['current'], ['www']]);
    expect((await put(zipSync({ 'index.html': text('one') }), '?activate=false')).status).toBe(200);
  });

  it('replaces an empty folder `current`', async () => {
    const { folder, put } = await shop();
    await mkdir(join(folder, 'current'), { recursive: true });
    expect((await put(zipSync({ 'index.html': text('one') }))).status).toBe(200);
    expect(await current(folder)).toBe('one');
  });

  it('takes folders for files, and no deep ones', async () => {
    const { put } = await shop({}, { maxFiles: 5 });
    const fits = await put(zipSync({ 'a/b/c': text('1'), 'a/b/d/e': text('2') }));
    expect(fits.status).toBe(200);
    const many = await put(zipSync({ 'a/b/c/d/e/f': text('1') }));
    expect([many.status, many.text()]).toEqual([413, expect.stringContaining('more than 5 files and folders')]);
    const deep = await put(zipSync({ [`${'a/'.repeat(32)}f`]: text('1') }));
    expect([deep.status, deep.text()]).toEqual([422, expect.stringContaining('deeper than 32 folders')]);
  });

  it('removes what a killed process has left', async () => {
    const root = await mkdtemp(join(tmpdir(), 'windhover-uploads-'));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    const { put, folder, clock } = await shop({}, { uploadFolder: root });
    const upload = join(root, `upload-${'0'.repeat(18)}.zip`);
    await writeFile(upload, 'half');
    await utimes(upload, 0, 0);
    await writeFile(join(root, 'upload-of-somebody.zip'), '');
    await utimes(join(root, 'upload-of-somebody.zip'), 0, 0);
    await mkdir(join(folder, 'versions/.20260101T000000000Z-aaaaaa/a'), { recursive: true });
    clock.advance(48 * 60 * 60_000);
    expect(await put(zipSync({ 'index.html': text('one') }))).toMatchObject({ status: 200 });
    expect(await readdir(root)).toEqual(['upload-of-somebody.zip']);
    expect((await readdir(join(folder, 'versions'))).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('refuses names and versions that lead elsewhere', async () => {
    const { deployments, handler, put } = await shop();
    await put(zipSync({ 'index.html': text('one') }));
    for (const version of ['../../etc', '..', '', 'current'])
      await expect(deployments.activate('shop', version)).rejects.toMatchObject({ code: 'ADMIN_UNKNOWN' });
    const answer = await send(handler, 'POST', '/deployments/..%2fx/activate', {
      headers: bearer('configure'),
      body: { version: 'x' },
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    await expect(deployments.activate('toString', 'x')).rejects.toMatchObject({ code: 'ADMIN_UNKNOWN' });
  });
});

describe('a ZIP file', () => {
  const refused: [string, Zippable, RegExp][] = [
    ['leaves its folder (ZIP slip)', { '../evil.txt': text('x') }, /\.\.\/evil\.txt|relative path/],
    ['leaves its folder further in', { 'a/../../evil.txt': text('x') }, /evil|relative path/],
    ['is absolute', { '/etc/evil': text('x') }, /absolute/],
    ['is absolute on Windows', { 'C:/evil': text('x') }, /absolute/],
    ['has a backslash', { 'a\\..\\..\\evil.txt': text('x') }, /backslash|invalid characters/],
    ['is a device of Windows', { 'a/NUL.txt': text('x') }, /device/],
    ['ends in a dot', { 'a./b.txt': text('x') }, /dot or a space/],
    ['is a stream of NTFS', { 'a.txt:evil': text('x') }, /character/],
    ['is there twice on some systems', { 'A.txt': text('x'), 'a.txt': text('y') }, /two entries/],
    ['is a file and a folder', { a: text('x'), 'a/b': text('y') }, /two entries/],
    ['is a symbolic link', { link: [text('/etc/passwd'), { os: 3, attrs: 0o120777 << 16 }] }, /link/],
    ['is a pipe', { pipe: [text(''), { os: 3, attrs: 0o010644 << 16 }] }, /special/],
  ];

  it.each(refused)('with a name that %s is refused', async (_what, entries, message) => {
    const { folder, put, root } = await shop();
    const answer = await put(zipSync({ 'index.html': text('one'), ...entries }));
    expect([answer.status, codeOf(answer)]).toEqual([422, 'ADMIN_ZIP_INVALID']);
    expect(answer.text()).toMatch(message);
    expect(await readdir(join(folder, 'versions'))).toEqual([]);
    expect((await readdir(root)).sort()).toEqual(['up', 'www']);
  });

  it('is refused if it is none, is cut, or is empty', async () => {
    const { put } = await shop();
    const whole = zipSync({ 'index.html': text('one'.repeat(1000)) });
    const bent = whole.slice();
    bent[40]! ^= 0xff;
    for (const body of [text('no zip'), whole.slice(0, -10), zipSync({}), bent])
      expect(await put(body)).toMatchObject({ status: 422 });
  });

  it('that becomes too long is refused (ZIP bomb)', async () => {
    const bomb = zipSync({ 'zeros.bin': new Uint8Array(4 * 1024 * 1024) });
    const { put, folder } = await shop();
    const answer = await put(bomb);
    expect([answer.status, codeOf(answer), answer.text()]).toEqual([
      413,
      'ADMIN_ZIP_TOO_LARGE',
      expect.stringContaining('200 times'),
    ]);
    expect(await readdir(join(folder, 'versions'))).toEqual([]);
    const small = await shop({}, { maxBytes: 1000 });
    expect(await small.put(zipSync({ a: text('x'.repeat(600)), b: text('y'.repeat(600)) }))).toMatchObject({
      status: 413,
    });
    const few = await shop({}, { maxFiles: 2 });
    expect(await few.put(zipSync({ a: text('1'), b: text('2'), c: text('3') }))).toMatchObject({ status: 413 });
  });

  it('whose header lies about its length is refused', async () => {
    const zip = zipSync({ 'index.html': text('x'.repeat(5000)) });
    const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
    for (let at = 0; at < zip.length - 4; at++) if (view.getUint32(at, true) === 5000) view.setUint32(at, 10, true);
    expect(await (await shop()).put(zip)).toMatchObject({ status: 422 });
  });

  it('that is longer than it may be leaves nothing behind', async () => {
    const { put, root } = await shop({}, { maxUploadBytes: 1000 });
    const random = Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251);
    const answer = await put(zipSync({ a: random }, { level: 0 }));
    expect([answer.status, await readdir(join(root, 'up'))]).toEqual([413, []]);
  });
});

describe('createDeployments()', () => {
  it('refuses options that cannot work', () => {
    const made = (folder: object): AdminDeployments => createDeployments({ a: folder as never });
    expect(() => made({ folder: '/tmp/a', keep: 0 })).toThrow(/keep/);
    expect(() => made({ folders: '/tmp/a' })).toThrow(/`folder`/);
  });
});
