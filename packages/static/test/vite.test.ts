import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StaticOptions } from '../src/index.ts';
import { useFolder } from './folder-fixtures.ts';

const folder = useFolder({
  'project/index.html': '<!doctype html><title>App</title><script type="module" src="/main.js"></script>',
  'project/main.js': 'import "./main.css"; import("./lazy.js").then(({ lazy }) => lazy());',
  'project/lazy.js': 'export const lazy = () => document.body.append("lazy");',
  'project/main.css': 'body { color: green }',
});

/** What one writes for the output of Vite. */
const options: StaticOptions = {
  fallback: 'index.html',
  cacheControl: { 'assets/**': 'immutable' },
  precompressed: true,
};

describe('a build of Vite', () => {
  const dist = (): string => join(folder.root, 'dist');
  let assets: string[] = [];

  beforeAll(async () => {
    await build({
      root: join(folder.root, 'project'),
      configFile: false,
      logLevel: 'silent',
      build: { outDir: dist(), emptyOutDir: true },
    });
    const html = await readFile(join(dist(), 'index.html'), 'utf8');
    assets = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
    const [script] = assets;
    await folder.write({ [`dist${script}.br`]: brotliCompressSync(await readFile(join(dist(), script!))) }, new Date());
  });

  it('is served with assets that are never asked for again, and pages that always are', async () => {
    expect(assets.length).toBeGreaterThanOrEqual(2);
    for (const asset of assets) {
      const { status, headers } = await folder.serve(asset, options, dist());
      expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
    }
    const page = await folder.serve({ url: '/deep/link', headers: { accept: 'text/html' } }, options, dist());
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    expect(page.text()).toContain(assets[0]);
  });

  it('sends the compressed copy of an asset to a browser', async () => {
    const browser = { 'accept-encoding': 'gzip, deflate, br, zstd' };
    const { headers } = await folder.serve({ url: assets[0]!, headers: browser }, options, dist());
    expect([headers.get('content-encoding'), headers.get('content-type')]).toEqual([
      'br',
      'text/javascript; charset=utf-8',
    ]);
  });

  it('has no page in place of an asset of the version before', async () => {
    const headers = { accept: '*/*', 'sec-fetch-mode': 'cors' };
    expect((await folder.serve({ url: '/assets/lazy-0ld4a5h1.js', headers }, options, dist())).status).toBe(404);
  });
});
