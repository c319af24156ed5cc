import { createHash } from 'node:crypto';
import { truncateSync } from 'node:fs';
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HttpContext } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { type StaticOptions, staticFiles } from '../src/index.ts';
import { large, useSite } from './site-fixtures.ts';

const site = useSite();

describe('staticFiles()', () => {
  it('serves a file with its type, validators and length', async () => {
    const result = await site.get('/a.txt');
    expect([result.status, result.text(), result.declaredLength]).toEqual([200, '0123456789', 10]);
    const hash = createHash('sha256').update('0123456789').digest('base64url').slice(0, 22);
    expect(Object.fromEntries(result.headers)).toEqual({
      ETag: expect.stringMatching(new RegExp(`^(W/)?"${hash}"$`)), // weak within two seconds after it was written
      'Last-Modified': 'Tue, 02 Jan 2024 03:04:05 GMT',
      'Accept-Ranges': 'bytes',
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-cache',
    });
  });

  it('serves a large file as it is read', async () => {
    const result = await site.get('/large.bin');
    expect([result.status, Buffer.from(result.body).equals(large)]).toEqual([200, true]);
  });

  it('does not guess the type of what it does not know', async () => {
    expect((await site.get('/unknown.xyz123')).headers.get('content-type')).toBe('application/octet-stream');
  });

  it('serves an empty file', async () => {
    expect(await site.get('/empty.txt')).toMatchObject({ status: 200, declaredLength: 0 });
  });

  it('finds names that are encoded, once', async () => {
    expect((await site.get('/caf%C3%A9%20x.txt')).text()).toBe('accent');
    expect((await site.get('/a%252fb')).text()).toBe('percent');
    expect((await site.get('/%61.txt')).text()).toBe('0123456789');
    expect((await site.get('/docs/%2e%2e/a.txt')).text()).toBe('0123456789');
  });

  it('answers HEAD with the head of GET', async () => {
    const head = await site.serve({ method: 'HEAD', url: '/large.bin' });
    const { headers, declaredLength } = await site.get('/large.bin');
    expect([head.status, head.body.byteLength, head.declaredLength]).toEqual([200, 0, declaredLength]);
    expect([...head.headers]).toEqual([...headers]);
  });

  it.each([
    '/gone.txt',
    '/gone/',
    '/a.txt/',
    '/a.txt/b',
    `/${'x'.repeat(300)}`,
    '/loop',
    '/dangling',
    '/bare',
    '/bare/',
  ])('goes on to the rest of the pipeline for %s', async (url) => {
    expect(await site.get(url)).toMatchObject({ status: 404, error: null });
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND'])('goes on for %s', async (method) => {
    expect((await site.serve({ method, url: '/a.txt' })).text()).toBe('next');
  });

  it('serves below a prefix', async () => {
    const options = { prefix: '/assets' };
    expect((await site.get('/assets/a.txt', {}, options)).text()).toBe('0123456789');
    expect((await site.get('/assets/', {}, options)).text()).toBe('<h1>home</h1>');
    expect((await site.get('/assets?x', {}, options)).headers.get('location')).toBe('./assets/?x');
    expect((await site.get('/a.txt', {}, options)).text()).toBe('next');
    expect((await site.get('/assetsa.txt', {}, options)).text()).toBe('next');
  });

  it('sends the Cache-Control that was chosen', async () => {
    const immutable = (path: string): string | null => (path.endsWith('.txt') ? 'max-age=31536000, immutable' : null);
    expect((await site.get('/a.txt', {}, { cacheControl: immutable })).headers.get('cache-control')).toContain(
      'immutable',
    );
    expect((await site.get('/', {}, { cacheControl: immutable })).headers.has('cache-control')).toBe(false);
  });

  it('is a handler too: without a rest of the pipeline, what it does not have is a 404', async () => {
    const handler = staticFiles(site.root);
    for (const url of ['/gone.txt', '/.env']) expect((await runHandler(handler, url)).status).toBe(404);
    expect((await runHandler(handler, { method: 'POST', url: '/a.txt' })).status).toBe(404);
    expect((await runHandler(handler, '/a.txt')).text()).toBe('0123456789');
  });

  it('is a 500 when the folder itself is not there', async () => {
    const result = await site.serve('/a.txt', {}, join(site.base, 'nowhere'));
    expect([result.status, result.text()]).toEqual([500, 'Internal Server Error\n']);
    expect(result.error).toMatchObject({ code: 'STATIC_READ_FAILED', cause: { code: 'ENOENT' } });
  });
});

describe('staticFiles(): folders', () => {
  it('serves the document of a folder', async () => {
    expect((await site.get('/')).text()).toBe('<h1>home</h1>');
    expect((await site.get('/docs/')).text()).toBe('docs');
    expect((await site.get('/docs/')).headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it('serves the first document that exists, or none', async () => {
    expect((await site.get('/docs/', {}, { index: ['home.html', 'page.html', 'index.html'] })).text()).toBe('page');
    expect((await site.get('/docs/', {}, { index: [] })).text()).toBe('next');
    expect((await site.get('/docs', {}, { index: [] })).text()).toBe('next');
  });

  it.each([
    ['/docs', '/docs/'],
    ['/docs?a=b&c', '/docs/?a=b&c'],
    ['/docs?', '/docs/?'],
    ['/docs?//evil', '/docs/?//evil'],
    ['/x/../docs', '/docs/'],
    ['/%64ocs', '/docs/'],
    ['/.//../docs', '/docs/'],
  ])('sends %s to %s', async (url, location) => {
    const result = await site.get(url);
    const [, lastName] = /([^/]+\/)$/.exec(location.split('?')[0]!)!;
    const query = location.slice(location.indexOf('/', 1) + 1);
    expect([result.status, result.headers.get('location')]).toEqual([301, `./${lastName}${query}`]);
    expect(new URL(result.headers.get('location')!, `http://site${url}`).href).toBe(`http://site${location}`);
  });

  it.each([
    '//evil',
    '///evil',
    '//evil/',
    '//evil/..',
    '/docs/..//evil',
    '/.//evil',
    '/..//evil',
    '/%2e%2e//evil',
    '//evil%2F',
    '/%2Fevil',
    '/%5Cevil',
    'http://localhost//evil',
  ])('never sends anybody elsewhere: %s', async (url) => {
    const location = (await site.get(url)).headers.get('location');
    expect(location ?? './a').toMatch(/^\.\/(?![/\\])/);
  });
});

describe('staticFiles(): conditions and ranges', () => {
  it('answers 304 with the headers that keep a copy fresh, and no body', async () => {
    const { headers } = await site.get('/a.txt');
    const etag = headers.get('etag')!;
    const result = await site.get('/a.txt', { 'If-None-Match': etag });
    expect([result.status, result.body.byteLength]).toEqual([304, 0]);
    expect(Object.fromEntries(result.headers)).toEqual({
      ETag: etag,
      'Last-Modified': headers.get('last-modified'),
      'Cache-Control': 'no-cache',
    });
  });

  it('answers 412 when the file is another', async () => {
    const result = await site.get('/a.txt', { 'If-Match': '"other"' });
    expect([result.status, result.error]).toEqual([
      412,
      expect.objectContaining({ code: 'STATIC_PRECONDITION_FAILED' }),
    ]);
  });

  it.each([0, 1, 315_532_800, 499_162_500, 1_700_000_000])(
    'sends a new version of the same size that a build tool has stamped with the same time, %d',
    async (seconds) => {
      const path = join(site.root, 'stamped.js');
      const put = async (text: string): Promise<void> => {
        await writeFile(path, text);
        await utimes(path, seconds, seconds);
      };
      await put('version = 1;');
      const { headers } = await site.get('/stamped.js');
      const etag = headers.get('etag') ?? '';
      expect((await site.get('/stamped.js', { 'If-None-Match': etag })).status).toBe(304);
      await put('version = 2;');
      const stamp = new Date(seconds * 1000).toUTCString();
      for (const [name, value] of [
        ['If-None-Match', etag],
        ['If-Modified-Since', stamp],
      ] as const) {
        const second = await site.get('/stamped.js', { [name]: value });
        expect([second.status, second.text()]).toEqual([200, 'version = 2;']);
      }
      const part = await site.get('/stamped.js', { Range: 'bytes=0-1', 'If-Range': stamp });
      expect(part.status).toBe(200);
    },
  );

  it.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
  ])('sends the part %s', async (range, text, contentRange) => {
    const result = await site.get('/a.txt', { Range: range });
    expect([result.status, result.text(), result.headers.get('content-range')]).toEqual([206, text, contentRange]);
    expect(result.declaredLength).toBe(text.length);
  });

  it('sends a large part as it is read', async () => {
    const result = await site.get('/large.bin', { Range: 'bytes=1000-200999' });
    expect(result.status).toBe(206);
    expect(Buffer.from(result.body).equals(large.subarray(1_000, 201_000))).toBe(true);
  });

  it('sends several ranges as parts of one message', async () => {
    const result = await site.get('/large.bin', { Range: 'bytes=0-99,200000-299999,-1' });
    expect(result.status).toBe(206);
    expect(result.headers.has('content-range')).toBe(false);
    const boundary = /^multipart\/byteranges; boundary=([\w-]+)$/.exec(result.headers.get('content-type')!)![1]!;
    const head = (range: string): string =>
      `--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ${range}/300000\r\n\r\n`;
    const expected = [
      Buffer.from(head('0-99')),
      large.subarray(0, 100),
      Buffer.from(`\r\n${head('200000-299999')}`),
      large.subarray(200_000),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ];
    expect(Buffer.from(result.body).equals(Buffer.concat(expected))).toBe(true);
    expect(result.declaredLength).toBe(result.body.byteLength);
  });

  it('ignores ranges for HEAD (RFC 9110 §14.2), and closes the file of a client that leaves', async () => {
    const headers = { Range: 'bytes=0-9,200000-299999' };
    const head = await site.serve({ method: 'HEAD', url: '/large.bin', headers });
    expect([head.status, head.declaredLength]).toEqual([200, 300_000]);
    const result = await site.serve({ url: '/large.bin', headers, abortAfterBytes: 1 });
    expect(result.outcome.end).toBe('client-closed');
  });

  it('sends the whole file for parts that would be longer than it (CVE-2017-7529 and its kind)', async () => {
    expect(await site.get('/a.txt', { Range: 'bytes=0-0,5-5' })).toMatchObject({ status: 200, declaredLength: 10 });
    const many = Array.from({ length: 17 }, (_, index) => `${index * 10}-${index * 10}`).join(',');
    expect(await site.get('/large.bin', { Range: `bytes=${many}` })).toMatchObject({ status: 200 });
    const all = Array.from({ length: 16 }, () => '0-').join(',');
    expect(await site.get('/large.bin', { Range: `bytes=${all}` })).toMatchObject({
      status: 206,
      declaredLength: 300_000,
    });
    for (const range of ['bytes=0-18446744073709551615', 'bytes=-18446744073709551615'])
      expect(await site.get('/a.txt', { Range: range })).toMatchObject({ status: 206, declaredLength: 10 });
  });

  it('sends the whole file when If-Range names another', async () => {
    expect(await site.get('/a.txt', { Range: 'bytes=0-0', 'If-Range': '"other"' })).toMatchObject({ status: 200 });
  });

  it('answers 416 with the length there is', async () => {
    const result = await site.get('/a.txt', { Range: 'bytes=10-' });
    expect([result.status, result.headers.get('content-range')]).toEqual([416, 'bytes */10']);
  });
});

describe('staticFiles(): while it is sent', () => {
  const around =
    (then: (context: HttpContext) => void, options?: StaticOptions) =>
    async (context: HttpContext): Promise<void> => {
      await staticFiles(site.root, options)(context, () => undefined);
      then(context);
    };

  it('cuts the response of a file that shrinks', async () => {
    const path = join(site.root, 'shrinking.bin');
    await writeFile(path, large);
    const result = await runHandler(
      around(() => truncateSync(path, 100_000)),
      '/shrinking.bin',
    );
    expect([result.status, result.declaredLength, result.body.byteLength]).toEqual([200, 300_000, 100_000]);
    expect([result.outcome.end, result.outcome.error?.message]).toEqual([
      'handler-failed',
      'The body ended at byte 100000 of 300000',
    ]);
  });

  it('sends what was announced of a file that grows', async () => {
    const path = join(site.root, 'growing.bin');
    await writeFile(path, large.subarray(0, 100_000));
    const result = await runHandler(
      around(() => truncateSync(path, 200_000)),
      '/growing.bin',
    );
    expect([result.outcome.end, result.body.byteLength]).toEqual(['complete', 100_000]);
  });

  it('closes the file when the client goes away', async () => {
    const result = await site.serve({ url: '/large.bin', abortAfterBytes: 1 });
    expect(result.outcome.end).toBe('client-closed');
  });

  it('closes the file when the client is gone before the answer', async () => {
    expect((await site.serve({ url: '/large.bin', signal: AbortSignal.abort() })).status).toBe(0);
  });

  it('closes the file when its body is replaced', async () => {
    const result = await runHandler(
      around(({ response }) => Object.assign(response, { body: 'other' })),
      '/large.bin',
    );
    expect([result.status, result.text()]).toEqual([200, 'other']);
  });

  it('closes the file when the response is reset', async () => {
    const result = await runHandler(
      around(({ response }) => response.reset()),
      '/large.bin',
    );
    expect(result.status).toBe(404);
  });

  it('closes the file when cacheControl throws', async () => {
    const cacheControl = (): never => {
      throw new Error('no');
    };
    expect((await site.get('/large.bin', {}, { cacheControl })).status).toBe(500);
  });
});
