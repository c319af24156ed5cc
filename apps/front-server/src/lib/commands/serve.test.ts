import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectConfig } from '../inspect-config.ts';
import { configText } from '../run-value.ts';
import { folderWith, windhover } from './command-fixtures.ts';
import { serveConfig } from './serve.ts';

describe('windhover serve', () => {
  it('says that the folder is missing, or a file', async () => {
    const folder = await folderWith({ 'a.txt': '' });
    const missing = await windhover(['serve', join(folder, 'none')]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain(`There is no folder ${join(folder, 'none')}`);
    const file = await windhover(['serve', join(folder, 'a.txt')]);
    expect(file.stderr).toContain('a.txt is a file: serve takes the folder in which it is.');
  });

  it.each([{ listing: false }, { listing: true, fallback: 'index.html' }])(
    'runs a valid configuration for %j',
    async (options) => {
      const folder = await folderWith({ 'index.html': '' });
      const text = configText(serveConfig(folder, options));
      const written = await inspectConfig({ file: 'serve', text }, (loaded) =>
        loaded.ok ? loaded.written.value : loaded.problems,
      );
      const files = { root: folder, precompressed: true, ...options };
      expect(written).toEqual({ sites: { files: { routes: [{ path: '/', static: files }] } } });
    },
  );

  it('says what is wrong with the port', async () => {
    expect(await windhover(['serve', '--port', 'x'])).toEqual({
      code: 2,
      stdout: '',
      stderr: '--port must be a number from 0 to 65535, found "x".\nSee windhover serve --help.\n',
    });
  });
});

describe('windhover proxy', () => {
  it.each([
    ['ftp://a', 'UPSTREAM must be'],
    ['http://a/path', 'https://host or unix:/path/to.socket, without a path, found "http://a/path"'],
    ['a b', 'UPSTREAM must be'],
  ])('says what is wrong with %s', async (upstream, message) => {
    const { code, stderr } = await windhover(['proxy', upstream]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('says what is wrong with --host and --protocol, and that the upstream is missing', async () => {
    const { stderr } = await windhover(['proxy', ':1', '--protocol', 'h2']);
    expect(stderr).toContain('--protocol must be http1, http2 or auto.');
    expect((await windhover(['proxy', ':1', '--host', 'a'])).stderr).toContain('--host must be client or upstream.');
    expect((await windhover(['proxy'])).stderr).toContain('proxy needs UPSTREAM: UPSTREAM is missing.');
  });
});
