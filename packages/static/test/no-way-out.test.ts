import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useSite } from './site-fixtures.ts';

const isPosix = process.platform !== 'win32';
const nobody = 65_534;
const site = useSite();

describe('staticFiles(): no way out', () => {
  const nothing = [404, 400];

  it.each<[string, string]>([
    ['dot segments', '/../secret.txt'],
    ['many dot segments', '/../../../../../../etc/passwd'],
    ['encoded dots', '/%2e%2e/secret.txt'],
    ['half encoded dots', '/.%2e/secret.txt'],
    ['dots in the middle', '/docs/../../secret.txt'],
    ['an encoded slash', '/..%2fsecret.txt'],
    ['an encoded slash in upper case', '/..%2Fsecret.txt'],
    ['encoded dots and slash', '/%2e%2e%2fsecret.txt'],
    ['an encoded slash after a folder', '/docs%2f..%2f..%2fsecret.txt'],
    ['dots encoded twice', '/%252e%252e/secret.txt'],
    ['a slash encoded twice', '/..%252fsecret.txt'],
    ['a backslash', '/..\\secret.txt'],
    ['an encoded backslash', '/..%5csecret.txt'],
    ['an encoded backslash after a folder', '/docs%5c..%5c..%5csecret.txt'],
    ['an overlong slash', '/..%c0%afsecret.txt'],
    ['overlong dots', '/%c0%ae%c0%ae/secret.txt'],
    ['full-width dots', '/%ef%bc%8e%ef%bc%8e/secret.txt'],
    ['NUL', '/a.txt%00.html'],
    ['NUL after dots', '/..%00/secret.txt'],
    ['a doubled slash', '//secret.txt'],
    ['a doubled slash before dots', '//../secret.txt'],
    ['a fragment', '/a.txt#/../secret.txt'],
    ['path parameters', '/..;/secret.txt'],
    ['an absolute path in a segment', '/%2Fetc%2Fpasswd'],
    ['a sibling folder that begins with the same name', '/../public-evil/index.html'],
    ['a drive', '/C:/secret.txt'],
    ['a drive without slash', '/C:secret.txt'],
    ['an encoded drive', '/C%3a/secret.txt'],
    ['a drive with backslash', '/C:%5csecret.txt'],
    ['a UNC path', '/%5c%5chost%5cshare'],
    ['an alternate stream', '/a.txt::$DATA'],
    ['an encoded alternate stream', '/a.txt%3a%3a$DATA'],
    ['a device', '/CON'],
    ['a device with an extension', '/nul.txt'],
    ['a device in a folder', '/docs/AUX/..%5c'],
    ['a device after dots', '/docs/..%5cCOM1'],
    ['a trailing dot', '/a.txt.'],
    ['an encoded trailing space', '/a.txt%20'],
    ['a dotfile', '/.env'],
    ['an encoded dotfile', '/%2eenv'],
    ['a dot folder', '/.git/config'],
    ['a dot folder after dots', '/docs/../.git/config'],
    ['a dotfile behind an empty segment', '//.env'],
    ['an empty segment', '/docs//page.html'],
    ['an empty segment at the end', '/docs//'],
  ])('%s: %s', async (_, url) => {
    const result = await site.get(url);
    expect(nothing).toContain(result.status);
    expect(result.text()).not.toContain('SECRET');
  });

  it('has the file that all these were after', async () => {
    expect((await site.serve('/secret.txt', {}, site.base)).text()).toBe('SECRET outside');
  });

  it('serves dotfiles only when told to, and .well-known always', async () => {
    expect((await site.get('/.well-known/security.txt')).text()).toBe('contact');
    expect((await site.get('/.env', {}, { dotfiles: 'serve' })).text()).toBe('SECRET env');
  });

  it.each([
    '/link-out.txt',
    '/link-up/secret.txt',
    '/link-up/public/a.txt/../../secret.txt',
    '/link-beside/',
    '/link-beside/index.html',
  ])('does not follow a link out of the folder: %s', async (url) => {
    expect(await site.get(url)).toMatchObject({ status: 404, error: null });
  });

  it('follows a link inside the folder', async () => {
    expect((await site.get('/link-in.txt')).text()).toBe('0123456789');
    expect((await site.get('/link-docs/page.html')).text()).toBe('page');
    expect((await site.get('/link-docs/')).text()).toBe('docs');
  });

  it('follows every link when told to', async () => {
    const options = { symlinks: 'follow' } as const;
    expect((await site.get('/link-out.txt', {}, options)).text()).toBe('SECRET outside');
    expect((await site.get('/link-beside/', {}, options)).text()).toBe('SECRET beside');
    expect((await site.get('/loop', {}, options)).text()).toBe('next');
  });

  it('serves a folder that is itself a link', async () => {
    expect((await site.serve('/a.txt', {}, join(site.root, 'link-up', 'public'))).text()).toBe('0123456789');
  });

  it.runIf(isPosix)('does not open pipes, sockets and devices', async () => {
    const special = join(site.base, 'special');
    await mkdir(special);
    execFileSync('mkfifo', [join(special, 'pipe.txt')]);
    await symlink('/dev/zero', join(special, 'zero.txt'));
    const server = createServer().listen(join(special, 'socket.txt'));
    await new Promise((resolve) => server.once('listening', resolve));
    for (const url of ['/pipe.txt', '/socket.txt', '/zero.txt']) {
      for (const symlinks of ['inside', 'follow'] as const) {
        expect((await site.serve(url, { symlinks }, special)).status).toBe(404);
      }
    }
    await new Promise((resolve) => server.close(resolve));
  });

  it.runIf(isPosix)('is a 403 for a file that may not be read', async () => {
    const path = join(site.root, 'locked.txt');
    await writeFile(path, 'x');
    await chmod(path, 0);
    for (const folder of [dirname(site.root), site.root]) await chmod(folder, 0o755);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(nobody); // root can read any file, so act as nobody
    try {
      expect((await site.get('/locked.txt')).status).toBe(403);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
    await rm(path);
  });
});
