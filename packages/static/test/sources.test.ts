import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { archiveSource, explainFile, joined, memorySource, mounted, type StaticOptions } from '../src/index.ts';
import { useFolder } from './folder-fixtures.ts';

const large = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
const site = (home: string): Uint8Array =>
  zipSync({
    'index.html': strToU8(home),
    'docs/index.html': strToU8('docs '.repeat(1000)),
    'docs/large.bin': [large, { level: 0 }],
    'docs/packed.bin': [large, { level: 6 }],
    '.env': strToU8('SECRET'),
    '../evil.txt': strToU8('SECRET'),
    'a/../../b.txt': strToU8('SECRET'),
  });

const folder = useFolder({
  'site.zip': site('home'),
  'broken.zip': 'PK nothing',
  'cut.zip': site('home').subarray(0, 200),
});
const get = (
  url: string,
  source = archiveSource(join(folder.root, 'site.zip')),
  options: StaticOptions = {},
  headers = {},
) => folder.serve({ url, headers }, options, source);

describe('archiveSource()', () => {
  it('serves the files of an archive like those of a folder', async () => {
    expect((await get('/')).text()).toBe('home');
    const page = await get('/docs/');
    expect([page.text(), page.headers.get('content-type')]).toEqual(['docs '.repeat(1000), 'text/html; charset=utf-8']);
    expect((await get('/docs')).headers.get('location')).toBe('./docs/');
    expect((await get('/gone')).text()).toBe('next');
    const again = await get('/docs/', undefined, {}, { 'if-none-match': page.headers.get('etag')! });
    expect(again.status).toBe(304);
  });

  it.each(['/docs/large.bin', '/docs/packed.bin'])('serves %s, whole and in parts', async (url) => {
    expect(Buffer.from((await get(url)).body).equals(large)).toBe(true);
    const part = await get(url, undefined, {}, { range: 'bytes=100000-100099' });
    expect([part.status, Buffer.from(part.body).equals(large.subarray(100_000, 100_100))]).toEqual([206, true]);
  });

  it.each(['/.env', '/../evil.txt', '/..%2fevil.txt', '/%2e%2e/evil.txt', '/a/../../b.txt', '/b.txt', '/evil.txt'])(
    'serves nothing of what an archive hides or names outside of itself: %s',
    async (url) => {
      expect((await get(url)).text()).not.toContain('SECRET');
    },
  );

  it('shows its folders', async () => {
    const result = await get('/docs/', undefined, { listing: true, index: [] }, { accept: 'application/json' });
    expect(JSON.parse(result.text())).toMatchObject({
      entries: [{ name: 'index.html' }, { name: 'large.bin', size: 200_000 }, { name: 'packed.bin' }],
    });
  });

  it('serves the new archive when it is replaced', async () => {
    const path = join(folder.root, 'replaced.zip');
    await writeFile(path, site('one'));
    const source = archiveSource(path);
    expect((await get('/', source)).text()).toBe('one');
    await writeFile(`${path}.new`, site('the second'));
    await rename(`${path}.new`, path);
    expect((await get('/', source)).text()).toBe('the second');
  });

  it.each(['broken.zip', 'cut.zip', 'none.zip'])('fails for %s, and says so in the log only', async (name) => {
    const result = await get('/', archiveSource(join(folder.root, name)));
    expect([result.status, result.text()]).toEqual([500, 'Internal Server Error\n']);
    expect((result.error as { code?: string }).code).toMatch(/STATIC_ARCHIVE_INVALID|STATIC_READ_FAILED/);
  });

  it('unpacks no file beyond the limit, nor one that lies about its size', async () => {
    const path = join(folder.root, 'site.zip');
    expect((await get('/docs/packed.bin', archiveSource(path, { maxUnpackedBytes: 1000 }))).error).toMatchObject({
      code: 'STATIC_MEMBER_TOO_LARGE',
    });
    const bomb = Buffer.from(zipSync({ 'a.txt': new Uint8Array(10_000_000) }));
    const record = bomb.indexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
    bomb.writeUInt32LE(10, record + 24);
    await writeFile(join(folder.root, 'bomb.zip'), bomb);
    expect((await get('/a.txt', archiveSource(join(folder.root, 'bomb.zip')))).error).toMatchObject({
      code: 'STATIC_ARCHIVE_INVALID',
    });
  });

  it('shows nothing beyond a stored file that lies about its size', async () => {
    const lying = Buffer.from(
      zipSync({ 'a.txt': [strToU8('a'), { level: 0 }], '.env': [strToU8('SECRET'), { level: 0 }] }),
    );
    lying.writeUInt32LE(100, lying.indexOf(Buffer.from('PK\u0001\u0002', 'latin1')) + 24);
    await writeFile(join(folder.root, 'lying.zip'), lying);
    expect((await get('/a.txt', archiveSource(join(folder.root, 'lying.zip')))).status).toBe(500);
  });

  it('notices damage', async () => {
    const damaged = Buffer.from(site('home'));
    damaged[damaged.indexOf('docs/index.html') + 20]! ^= 0xff;
    await writeFile(join(folder.root, 'damaged.zip'), damaged);
    expect((await get('/docs/', archiveSource(join(folder.root, 'damaged.zip')))).status).toBe(500);
  });
});

describe('memorySource()', () => {
  const source = memorySource({ 'index.html': 'home', '/docs/a.bin': large }, { modifiedMs: Date.UTC(2024, 0, 2) });

  it('serves files from memory', async () => {
    const home = await get('/', source);
    expect([home.text(), home.headers.get('last-modified')]).toEqual(['home', 'Tue, 02 Jan 2024 00:00:00 GMT']);
    expect(Buffer.from((await get('/docs/a.bin', source)).body).equals(large)).toBe(true);
    expect((await get('/docs', source)).text()).toBe('next');
    expect((await get('/constructor', source)).text()).toBe('next');
  });

  it('keeps its own copy of bytes', async () => {
    const bytes = Buffer.from('before');
    const own = memorySource({ 'a.txt': bytes });
    bytes.write('after!');
    expect((await get('/a.txt', own)).text()).toBe('before');
  });

  it('can be joined and mounted, and shows everything in one list', async () => {
    const all = mounted({
      '/': joined([memorySource({ 'a.txt': 'a' }), memorySource({ 'a.txt': 'b', 'b.txt': 'b' })]),
      '/x/y': source,
    });
    expect((await get('/a.txt', all)).text()).toBe('a');
    expect((await get('/x/y/', all)).text()).toBe('home');
    const list = async (url: string): Promise<string[]> => {
      const { entries } = JSON.parse((await get(url, all, { listing: true }, { accept: 'application/json' })).text());
      return entries.map(({ name }: { name: string }) => name);
    };
    expect([await list('/'), await list('/x/')]).toEqual([['x', 'a.txt', 'b.txt'], ['y']]);
  });

  it('is explained', () => {
    const request = { method: 'GET', path: '/', segments: [''] };
    expect(explainFile(request, source)).toEqual({
      kind: 'file',
      file: 'index.html',
      because: 'it is the index of the folder',
    });
  });
});
