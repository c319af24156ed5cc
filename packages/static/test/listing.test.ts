import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainFile, type StaticOptions } from '../src/index.ts';
import { useFolder, written } from './folder-fixtures.ts';

const folder = useFolder({
  'site/index.html': 'home',
  'files/b.txt': 'bb',
  'files/a&b.txt': 'a',
  'files/.env': 'SECRET',
  'files/sub/c.txt': 'c',
  'secret.txt': 'SECRET',
  ...Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`many/${index}.txt`, 'x'])),
});

const options: StaticOptions = { listing: true };
const json = { accept: 'application/json' };
const entriesOf = async (url: string, other: StaticOptions = options): Promise<unknown> =>
  JSON.parse((await folder.serve({ url, headers: json }, other)).text());

describe('staticFiles(): listing', () => {
  it('shows the entries of a folder as a page', async () => {
    const result = await folder.serve('/files/', options);
    expect([result.status, result.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const names = [...result.text().matchAll(/<td><a href="([^"]+)"/g)].map(([, href]) => href);
    expect(names).toEqual(['../', './sub/', './a%26b.txt', './b.txt']);
    expect(result.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'");
    expect(result.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('shows them as JSON to a client that prefers it', async () => {
    const modified = written.toISOString();
    expect(await entriesOf('/files/')).toEqual({
      path: '/files/',
      entries: [
        { name: 'sub', kind: 'folder', size: null, modified: expect.any(String) },
        { name: 'a&b.txt', kind: 'file', size: 1, modified },
        { name: 'b.txt', kind: 'file', size: 2, modified },
      ],
      isCut: false,
    });
    expect((await folder.serve({ url: '/files/', headers: json }, options)).headers.get('vary')).toBe('Accept');
  });

  it('sorts by the query', async () => {
    const { entries } = (await entriesOf('/files/?sort=size&order=desc')) as { entries: { name: string }[] };
    expect(entries.map(({ name }) => name)).toEqual(['sub', 'b.txt', 'a&b.txt']);
  });

  it('shows an index document instead, and redirects to the path with a slash', async () => {
    expect((await folder.serve('/site/', options)).text()).toBe('home');
    const redirect = await folder.serve('/files?sort=size', options);
    expect([redirect.status, redirect.headers.get('location')]).toEqual([301, './files/?sort=size']);
  });

  it('answers HEAD without a body', async () => {
    const result = await folder.serve({ method: 'HEAD', url: '/files/' }, options);
    expect([result.status, result.body.byteLength]).toEqual([200, 0]);
  });

  it('shows only what a request would find: nothing hidden, no way out, nothing that may not be served', async () => {
    await mkdir(join(folder.root, 'links'), { recursive: true });
    await symlink('../../../../etc/passwd', join(folder.root, 'links/passwd'));
    await symlink('/dev/zero', join(folder.root, 'links/zero'));
    await symlink('../files', join(folder.root, 'links/in'));
    await symlink('nowhere', join(folder.root, 'links/dangling'));
    const { entries } = (await entriesOf('/links/')) as { entries: { name: string; kind: string }[] };
    expect(entries.map(({ name, kind }) => [name, kind])).toEqual([['in', 'folder']]);
    const allow = (path: string): boolean => path !== 'files/b.txt';
    const allowed = (await entriesOf('/files/', { ...options, allow })) as { entries: { name: string }[] };
    expect(allowed.entries.map(({ name }) => name)).toEqual(['sub', 'a&b.txt']);
    expect((await folder.serve('/.git/', options)).text()).toBe('next');
  });

  it('is capped, and says so', async () => {
    const cut = (await entriesOf('/many/', { listing: { maxEntries: 10 } })) as { entries: unknown[]; isCut: boolean };
    expect([cut.entries.length, cut.isCut]).toEqual([10, true]);
    const all = (await entriesOf('/many/', { listing: { maxEntries: 30 } })) as { entries: unknown[]; isCut: boolean };
    expect([all.entries.length, all.isCut]).toEqual([30, false]);
  });

  it('is off unless it is switched on', async () => {
    expect((await folder.serve('/files/')).text()).toBe('next');
    expect((await folder.serve('/files')).text()).toBe('next');
  });

  it('is explained', () => {
    const request = { method: 'GET', path: '/files/', segments: ['files', ''] };
    expect(explainFile(request, folder.root, options)).toEqual({
      kind: 'listing',
      file: join(folder.root, 'files'),
      because: 'the folder has no index.html',
    });
  });
});
