import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import type { HttpContext } from '@windhover/core';
import type { Feature } from '@windhover/core/feature';
import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { handlerOf } from './feature-fixtures.ts';

const text = 'The quick brown fox jumps over the lazy dog. '.repeat(200);

/** An origin of a route. */
function originOf(run: (context: HttpContext) => void | Promise<void>): Feature<unknown> {
  return {
    name: 'origin',
    levels: ['route'],
    phases: ['origin'],
    combine: 'replace',
    schema: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
    create: () => ({ layers: [{ phase: 'origin', run }] }),
  };
}

describe('compress', () => {
  const page = originOf(({ response }) => {
    response.headers.set('Content-Type', 'text/html');
    response.body = text;
  });
  const routes = `
compress: true
sites:
  a:
    routes:
      - { path: /, origin: true }
      - { path: /off, compress: false, origin: true }
      - { path: /gzip, compress: { encodings: [gzip], levels: { gzip: 9 }, flush: 10ms, breach: off }, origin: true }
      - { path: /json, compress: { types: [application/json] }, origin: true }
      - { path: /large, compress: { minSize: 1MB, flush: null, maxEncoders: null }, origin: true }`;

  it.each([
    ['/', 'br'],
    ['/off', undefined],
    ['/gzip', 'gzip'],
    ['/json', undefined],
    ['/large', undefined],
  ])('answers %s with %s', async (url, coding) => {
    const handler = await handlerOf(routes, undefined, [page]);
    const result = await runHandler(handler, { url, headers: { 'Accept-Encoding': 'gzip, br' } });
    expect(result.headers.get('content-encoding')).toBe(coding);
    const decode = { br: brotliDecompressSync, gzip: gunzipSync }[coding ?? ''];
    expect((decode?.(result.body) ?? Buffer.from(result.body)).toString()).toBe(text);
  });

  it.each([
    'yes',
    '{ types: text }',
    '{ levels: { br: 12 } }',
    '{ encodings: [lzma] }',
    '{ minSize: small }',
    '{ a: 1 }',
  ])('refuses %s', async (value) => {
    await expect(handlerOf(routes.replace('compress: true', `compress: ${value}`), undefined, [page])).rejects.toThrow(
      /compress/,
    );
  });

  it('tells a type that is none', async () => {
    const wrong = routes.replace('types: [application/json]', 'types: [json]');
    await expect(handlerOf(wrong, undefined, [page])).rejects.toThrow(/types/);
  });
});

describe('decompress', () => {
  const length = originOf(async ({ request, response }) => {
    response.body = String((await request.body.bytes()).byteLength);
  });
  const routes = `
sites:
  a:
    routes:
      - { path: /, origin: true }
      - { path: /on, decompress: true, origin: true }
      - { path: /small, decompress: { maxSize: 1KB, maxRatio: null, maxCodings: 1 }, origin: true }`;
  const post = async (url: string, body: Uint8Array, coding = 'gzip') =>
    runHandler(await handlerOf(routes, undefined, [length]), {
      url,
      method: 'POST',
      body,
      headers: { 'Content-Encoding': coding },
    });

  it('passes bodies on as they are unless it is on', async () => {
    const body = gzipSync(text);
    expect((await post('/', body)).text()).toBe(String(body.byteLength));
    expect((await post('/on', body)).text()).toBe(String(text.length));
    expect((await post('/on', brotliCompressSync(text), 'br')).text()).toBe(String(text.length));
  });

  it('refuses a body that is too large, and an unknown coding', async () => {
    expect((await post('/small', gzipSync(text))).status).toBe(413);
    expect((await post('/small', gzipSync(gzipSync('a')), 'gzip, gzip')).status).toBe(415);
    expect((await post('/on', gzipSync(text), 'lzma')).status).toBe(415);
  });
});
