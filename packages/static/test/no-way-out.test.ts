import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attacks } from './attack-fixtures.ts';
import { useSite } from './site-fixtures.ts';

const isPosix = process.platform !== 'win32';
const nobody = 65_534;
const site = useSite();

describe('staticFiles(): no way out', () => {
  const nothing = [404, 400];

  it.each(attacks)('%s: %s', async (_, url) => {
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
