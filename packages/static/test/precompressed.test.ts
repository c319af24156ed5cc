import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { StaticOptions } from '../src/index.ts';
import { useFolder, written } from './folder-fixtures.ts';

const text = 'The quick brown fox. '.repeat(100);
const br = brotliCompressSync(text);
const gz = gzipSync(text);
const folder = useFolder({
  'app.js': text,
  'app.js.br': br,
  'app.js.gz': gz,
  'plain.js': text,
  'old.js.gz': gz,
  'index.html': text,
  'index.html.zst': 'zstd',
  '.env': 'SECRET',
  '.env.gz': 'SECRET',
});

const options: StaticOptions = { precompressed: true };
const get = (url: string, headers: Record<string, string> = {}, other: StaticOptions = {}) =>
  folder.serve({ url, headers }, { ...options, ...other });

describe('staticFiles(): precompressed', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br', br],
    ['gzip', 'gzip', gz],
    ['br;q=0.1, gzip;q=0.9', 'gzip', gz],
    ['deflate', undefined, Buffer.from(text)],
    ['br;q=0, gzip;q=0', undefined, Buffer.from(text)],
    ['identity;q=0, deflate', undefined, Buffer.from(text)],
    [undefined, undefined, Buffer.from(text)],
  ])('sends to a client that accepts %s the coding %s', async (accepts, coding, bytes) => {
    const result = await get('/app.js', accepts === undefined ? {} : { 'accept-encoding': accepts });
    expect(result.headers.get('content-encoding')).toBe(coding);
    expect(Buffer.from(result.body).equals(bytes)).toBe(true);
    expect(result.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(result.headers.get('vary')).toBe('Accept-Encoding');
  });

  it('keeps the order of the server among equals', async () => {
    const result = await get('/app.js', { 'accept-encoding': 'br, gzip' }, { precompressed: ['gzip', 'br'] });
    expect(result.headers.get('content-encoding')).toBe('gzip');
  });

  it('finds zstd, and copies of index documents', async () => {
    expect((await get('/', { 'accept-encoding': 'zstd' })).text()).toBe('zstd');
  });

  it('varies by nothing where there is no copy', async () => {
    expect((await get('/plain.js', { 'accept-encoding': 'br' })).headers.has('vary')).toBe(false);
  });

  it('has a tag for each variant, so that a 304 is never about another one', async () => {
    const tags = await Promise.all(
      ['br', 'gzip', 'identity'].map(async (coding) =>
        (await get('/app.js', { 'accept-encoding': coding })).headers.get('etag'),
      ),
    );
    expect(new Set(tags).size).toBe(3);
    const same = await get('/app.js', { 'accept-encoding': 'br', 'if-none-match': tags[0]! });
    expect([same.status, same.headers.get('vary')]).toEqual([304, 'Accept-Encoding']);
    expect((await get('/app.js', { 'accept-encoding': 'gzip', 'if-none-match': tags[0]! })).status).toBe(200);
  });

  it('sends parts of the variant', async () => {
    const result = await get('/app.js', { 'accept-encoding': 'br', range: 'bytes=0-3' });
    expect([result.status, result.headers.get('content-range'), result.headers.get('content-encoding')]).toEqual([
      206,
      `bytes 0-3/${br.byteLength}`,
      'br',
    ]);
    expect(Buffer.from(result.body).equals(br.subarray(0, 4))).toBe(true);
  });

  it('answers HEAD with the length of the variant', async () => {
    const result = await folder.serve(
      { method: 'HEAD', url: '/app.js', headers: { 'accept-encoding': 'br' } },
      options,
    );
    expect([result.declaredLength, result.headers.get('content-encoding')]).toEqual([br.byteLength, 'br']);
  });

  it('skips a copy that is older than its file, unless told otherwise', async () => {
    await folder.write({ 'old.js': 'new content' }, new Date(written.getTime() + 60_000));
    const headers = { 'accept-encoding': 'gzip' };
    const result = await get('/old.js', headers);
    expect([result.text(), result.headers.has('content-encoding')]).toEqual(['new content', false]);
    expect((await get('/old.js', headers, { olderCopies: 'serve' })).headers.get('content-encoding')).toBe('gzip');
  });

  it('serves a copy under its own name as what it is, and no copy of a hidden file', async () => {
    const result = await get('/app.js.gz', { 'accept-encoding': 'gzip' });
    expect([result.headers.has('content-encoding'), result.headers.get('content-type')]).toEqual([
      false,
      'application/gzip',
    ]);
    expect((await get('/.env', { 'accept-encoding': 'gzip' })).text()).toBe('next');
  });

  it('needs the file itself: a copy alone is not served in its place', async () => {
    expect((await get('/gone.js', { 'accept-encoding': 'gzip' })).text()).toBe('next');
    await folder.write({ 'gone.js.gz': gz });
    expect((await get('/gone.js', { 'accept-encoding': 'gzip' })).text()).toBe('next');
  });

  it('is off unless it is switched on', async () => {
    const result = await folder.serve({ url: '/app.js', headers: { 'accept-encoding': 'br' } });
    expect([result.headers.has('content-encoding'), result.headers.has('vary')]).toEqual([false, false]);
  });
});
