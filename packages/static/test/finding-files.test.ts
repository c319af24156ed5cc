import { describe, expect, it } from 'vitest';
import { folderSource, mounted, type StaticOptions } from '../src/index.ts';
import { useFolder } from './folder-fixtures.ts';

const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const folder = useFolder({
  'index.html': 'app',
  'about.html': 'about',
  'app.js': 'script',
  'blog/post.html': 'post',
  'docs/index.htm': 'docs',
  '404.html': 'not here',
  '.hidden.html': 'SECRET',
  '.git/config.html': 'SECRET',
  'theme/index.html': 'themed home',
  'theme/extra.css': 'extra',
});

const textOf = async (url: string, options: StaticOptions, headers: Record<string, string> = {}): Promise<string> =>
  (await folder.serve({ url, headers }, options)).text();

describe('staticFiles(): tryFiles', () => {
  const clean = { tryFiles: ['{path}', '{path}.html'] };

  it('finds a page without its extension', async () => {
    expect(await textOf('/about', clean)).toBe('about');
    expect(await textOf('/blog/post', clean)).toBe('post');
    expect((await folder.serve('/about', clean)).headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it('prefers what is there under the name itself', async () => {
    expect(await textOf('/app.js', clean)).toBe('script');
  });

  it('adds no extension to the name of a folder, nor to nothing', async () => {
    expect(await textOf('/about/', clean)).toBe('next');
    expect(await textOf('/', { ...clean, index: [] })).toBe('next');
  });

  it.each(['/.hidden', '/.git/config', '/..%2F.hidden', '/%2E%2E/.hidden', '/blog/../.hidden', '/.hidden.html/..%2f'])(
    'serves nothing hidden, and nothing outside, for %s',
    async (url) => {
      expect((await folder.serve(url, clean)).text()).not.toContain('SECRET');
    },
  );

  it('checks the name that a pattern makes, not only the name that was requested', async () => {
    expect(await textOf('/hidden', { tryFiles: ['.{path}.html'] })).toBe('next');
    expect(await textOf('/hidden', { tryFiles: ['.{path}.html'], dotfiles: 'serve' })).toBe('SECRET');
    expect(await textOf('/about', { ...clean, allow: (path) => path !== 'about.html' })).toBe('next');
    expect(await textOf('/x', { tryFiles: ['../{path}', 'a/../../{path}'] })).toBe('next');
  });

  it('sends a fixed file where nothing else is found', async () => {
    expect(await textOf('/gone', { tryFiles: ['{path}', '/404.html'] })).toBe('not here');
  });
});

describe('staticFiles(): index documents', () => {
  it('redirects to the folder by a path on this site', async () => {
    const result = await folder.serve('/docs?a=1', { index: ['index.html', 'index.htm'] });
    expect([result.status, result.headers.get('location')]).toEqual([301, './docs/?a=1']);
  });
});

describe('staticFiles(): fallback', () => {
  const spa = { fallback: 'index.html' };

  it('answers for a page that is missing', async () => {
    const result = await folder.serve({ url: '/users/7', headers: browser }, spa);
    expect([result.status, result.text()]).toEqual([200, 'app']);
    expect(result.headers.get('vary')).toBe('Accept, Sec-Fetch-Mode');
    expect(result.headers.get('cache-control')).toBe('no-cache');
  });

  it('answers HEAD too', async () => {
    const result = await folder.serve({ method: 'HEAD', url: '/users/7', headers: browser }, spa);
    expect([result.status, result.declaredLength]).toEqual([200, 3]);
  });

  it.each([
    ['a missing script', '/assets/gone.js', browser],
    ['data', '/api/users', { accept: 'application/json' }],
    ['data that a page fetches', '/api/users', { accept: '*/*', 'sec-fetch-mode': 'cors' }],
    ['a hidden name', '/.env', browser],
    ['a name that may not be served', '/a%2Fb', browser],
  ])('does not answer for %s', async (_name, url, headers) => {
    expect(await textOf(url, spa, headers as Record<string, string>)).toBe('next');
  });

  it('does not answer another method', async () => {
    expect((await folder.serve({ method: 'POST', url: '/users/7', headers: browser }, spa)).text()).toBe('next');
  });

  it('gives way to files, and to the pages of tryFiles', async () => {
    expect(await textOf('/about', { ...spa, tryFiles: ['{path}', '{path}.html'] }, browser)).toBe('about');
    expect(await textOf('/app.js', spa, browser)).toBe('script');
  });

  it('varies by nothing where a file was asked for itself', async () => {
    expect((await folder.serve({ url: '/app.js', headers: browser }, spa)).headers.has('vary')).toBe(false);
  });
});

describe('staticFiles(): Cache-Control', () => {
  it('goes by the path of the file that is sent', async () => {
    const options = { cacheControl: { '*.html': 'no-store', '*.js': 'immutable' }, fallback: 'index.html' };
    const controls = await Promise.all(
      ['/', '/app.js', '/users/7', '/docs/index.htm'].map(async (url) =>
        (await folder.serve({ url, headers: browser }, options)).headers.get('cache-control'),
      ),
    );
    expect(controls).toEqual(['no-store', 'public, max-age=31536000, immutable', 'no-store', 'no-cache']);
  });
});

describe('staticFiles(): several folders', () => {
  it('sends a file from the first folder that has it', async () => {
    const roots = [`${folder.root}/theme`, folder.root];
    expect((await folder.serve('/', {}, roots)).text()).toBe('themed home');
    expect((await folder.serve('/about.html', {}, roots)).text()).toBe('about');
    expect((await folder.serve('/extra.css', {}, roots)).text()).toBe('extra');
    expect((await folder.serve('/gone', {}, roots)).text()).toBe('next');
  });

  it('finds a folder that is mounted in another one', async () => {
    const source = mounted({
      '/': folderSource(`${folder.root}/blog`),
      '/a/docs': folderSource(`${folder.root}/docs`),
    });
    const options = { index: ['index.htm'] };
    expect((await folder.serve('/a/docs/', options, source)).text()).toBe('docs');
    expect((await folder.serve('/a/docs', options, source)).headers.get('location')).toBe('./docs/');
    expect((await folder.serve('/post.html', options, source)).text()).toBe('post');
    expect((await folder.serve('/a/docs/post.html', options, source)).text()).toBe('next');
    expect((await folder.serve('/a/', options, source)).text()).toBe('next');
  });
});
