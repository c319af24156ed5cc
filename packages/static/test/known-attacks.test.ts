import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunResult, runHandler } from '@windhover/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderSource, joined, mounted, type StaticOptions, staticFiles } from '../src/index.ts';
import { attacks } from './attack-fixtures.ts';
import { useSite } from './site-fixtures.ts';

const site = useSite();
const everything: StaticOptions = {
  listing: true,
  zip: true,
  tryFiles: ['{path}', '{path}.html', '{path}/index.html'],
  fallback: 'index.html',
  precompressed: true,
};
const browser = { accept: 'text/html', 'accept-encoding': 'br, gzip' };

beforeAll(async () => {
  await writeFile(join(site.base, 'secret.txt.gz'), 'SECRET');
  await mkdir(join(site.root, 'zip'), { recursive: true });
  await writeFile(join(site.root, 'zip/.env'), 'SECRET');
  await symlink('../../secret.txt', join(site.root, 'zip/out.txt'));
  await symlink('../..', join(site.root, 'zip/up'));
  await writeFile(join(site.root, 'zip/in.txt'), 'in');
});

describe('everything that is off by default', () => {
  it.each(attacks)('opens no way out when it is on: %s', async (_name, url) => {
    const source = joined([
      mounted({ '/': folderSource(site.root), '/more': folderSource(site.root) }),
      folderSource(site.root),
    ]);
    const files = staticFiles(source, everything);
    for (const path of [url, `${url}?zip`, `${url}/`, `/more${url}`, `/more${url}?zip`]) {
      const result = await runHandler((context) => files(context, () => undefined), { url: path, headers: browser });
      expect([200, 301, 400, 404]).toContain(result.status);
      expect(Buffer.from(result.body).toString('latin1')).not.toContain('SECRET');
      expect(result.headers.get('location') ?? './').toMatch(/^\.\/[^/\\]*\/?/);
    }
  });

  it('puts nothing hidden and nothing from outside into an archive or a list', async () => {
    const result = await site.get('/zip/?zip', {}, everything);
    const text = Buffer.from(result.body).toString('latin1');
    expect([text.includes('in.txt'), text.includes('.env'), text.includes('out.txt'), text.includes('up/')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    const list = (await site.get('/zip/', {}, everything)).text();
    expect([list.includes('in.txt'), list.includes('.env'), list.includes('out.txt'), list.includes('>up')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

/** Faults of other servers, by the class in which they were found. */
describe('faults of other servers', () => {
  const get = (url: string, options: StaticOptions = {}, headers: Record<string, string> = {}): Promise<RunResult> =>
    site.get(url, headers, options);

  it.each(['//a.txt', '/docs//page.html', '/%5Cdocs/page.html', '/docs%5Cpage.html'])(
    'a path that a rule and the files read differently is served by neither (Hono serve-static, 2026): %s',
    async (url) => {
      const seen: string[] = [];
      const allow = (path: string): boolean => seen.push(path) > 0;
      const result = await get(url, { allow });
      expect([[404, 400].includes(result.status), seen]).toEqual([true, []]);
    },
  );

  it.each(['/%64ocs/page.html', '/docs/%70age.html', '/x/../docs/page.html', '/docs/./page.html'])(
    'allow judges the path that is served (@fastify/static allowedPath): %s',
    async (url) => {
      expect((await get(url, { allow: (path) => path !== 'docs/page.html' })).status).toBe(404);
    },
  );

  it.each(['/assets%2Fa.txt', '/assets/..%2fsecret.txt', '/assets/../secret.txt', '/ASSETS/a.txt', '/assets%2e/a.txt'])(
    'a prefix is stripped after the path is decoded (@fastify/static, Hono mounts): %s',
    async (url) => {
      expect((await get(url, { prefix: '/assets' })).text()).not.toMatch(/SECRET|0123456789/);
    },
  );

  it.each(['/C:/Windows/win.ini', '/C:secret.txt', '/a.txt::$DATA', '/CON', '/docs/PRN.html', '/aux/', '/COM1.txt/a'])(
    'names that mean something to Windows are no names (CVE-2025-23084, CVE-2025-27210, Caddy #7763): %s',
    async (url) => {
      expect((await get(url, everything)).status).toBe(404);
    },
  );

  it('two versions with equal size and time never share a tag (Caddy, 2026-08)', async () => {
    const path = join(site.root, 'collision.txt');
    const tags = new Set<string | undefined>();
    for (const text of ['11', '12', '21']) {
      await writeFile(path, text);
      await utimes(path, 12, 345);
      tags.add((await get('/collision.txt')).headers.get('etag'));
    }
    expect(tags.size).toBe(3);
  });

  it('no path leads to another site (serve-static CVE-2015-1164 and its kind)', async () => {
    for (const url of [
      '//evil',
      '//evil/',
      '/\\evil',
      '//evil/..',
      '/%2Fevil',
      '/%5Cevil',
      '/.%2F/evil',
      '///evil?zip',
      '//docs?zip',
    ]) {
      const location = (await get(url, everything)).headers.get('location');
      if (location !== undefined) expect(new URL(location, 'http://site/a').origin).toBe('http://site');
    }
  });

  it('what a name says is shown, never run (cross-site scripting in listings)', async () => {
    const name = '<img src=x onerror=alert(1)>&"\'.txt';
    await mkdir(join(site.root, 'names'), { recursive: true });
    await writeFile(join(site.root, 'names', name), '');
    const html = (await get('/names/?sort=%22%3E%3Cscript%3E', everything)).text();
    expect(html).not.toMatch(/<img|<script|onerror=alert\(1\)>/);
  });

  it('an If-Range with a weak tag gets the whole file', async () => {
    const etag = (await get('/a.txt')).headers.get('etag')!;
    const weak = etag.startsWith('W/') ? etag : `W/${etag}`;
    expect((await get('/a.txt', {}, { range: 'bytes=0-1', 'if-range': weak })).status).toBe(200);
  });
});
