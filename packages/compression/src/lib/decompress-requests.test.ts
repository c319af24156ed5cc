import zlib, { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { HttpContext } from '@windhover/core';
import { checkedCompose, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { decompressRequests } from './decompress-requests.ts';
import type { DecompressionOptions } from './decompression-options.ts';

const text = 'The quick brown fox jumps over the lazy dog. '.repeat(100);

const echo = async ({ request, response }: HttpContext): Promise<void> => {
  const { headers } = request;
  response.headers.set('X-Fields', `${headers.get('content-encoding')} ${headers.get('content-length')}`);
  response.body = await request.body.text();
};
/** Node has zstd since 22.15. */
const { zstdCompressSync } = zlib as { zstdCompressSync?(content: string): Uint8Array };
const inZstd = (content: string): [string, Uint8Array][] =>
  zstdCompressSync === undefined ? [] : [['zstd', zstdCompressSync(content)]];
/** A frame with the content `abc` that asks its reader to keep 2 ** `bits` bytes (RFC 8878 §3.1.1). */
const zstdFrame = (bits: number): [string, Uint8Array][] => {
  const head = [0x28, 0xb5, 0x2f, 0xfd, 0x00, (bits - 10) << 3, 0x19, 0x00, 0x00];
  return zstdCompressSync === undefined ? [] : [['zstd', Buffer.concat([Buffer.from(head), Buffer.from('abc')])]];
};

const send = (body: Uint8Array, coding: string, options: DecompressionOptions = {}, handle = echo) =>
  runHandler(checkedCompose([decompressRequests(options)], handle), {
    method: 'POST',
    body,
    headers: { 'Content-Encoding': coding, 'Content-Length': String(body.byteLength) },
  });

describe('decompressRequests()', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['X-GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ...inZstd(text),
    ['identity, gzip', gzipSync(text)],
    ['br, gzip', gzipSync(brotliCompressSync(text))],
    ['gzip', Buffer.concat([gzipSync(text.slice(0, 100)), gzipSync(text.slice(100))])],
  ])('decompresses %s', async (coding, body) => {
    const result = await send(body, coding);
    expect([result.status, result.text()]).toEqual([200, text]);
    expect(result.headers.get('x-fields')).toBe('undefined undefined');
  });

  it.each([...inZstd('abc'), ...zstdFrame(23), ['gzip', gzipSync('abc')] as const])(
    'keeps up to 8 MB for %s (RFC 9659 §3)',
    async (coding, body) => expect((await send(body, coding)).text()).toBe('abc'),
  );

  it('leaves a body without content or coding alone', async () => {
    const empty = await send(new Uint8Array(0), 'gzip');
    expect([empty.status, empty.headers.get('x-fields')]).toEqual([200, 'gzip 0']);
    const plain = await runHandler(checkedCompose([decompressRequests()], echo), { method: 'POST', body: text });
    expect(plain.text()).toBe(text);
    expect((await send(Buffer.from(text), 'identity')).text()).toBe(text);
  });

  it.each(['snappy', 'compress', 'gzip, gzip, gzip'])(
    'refuses %s with 415, and names the accepted codings (RFC 7694 §3)',
    async (coding) => {
      const result = await send(gzipSync(text), coding);
      expect([result.status, result.headers.get('accept-encoding')]).toEqual([
        415,
        expect.stringMatching(/^br, (zstd, )?gzip, deflate$/),
      ]);
    },
  );

  it.each([
    ['is cut off', gzipSync(text).subarray(0, -5), 'gzip'],
    ['is cut off', brotliCompressSync(text).subarray(0, -5), 'br'],
    ['is something else', Buffer.from(text), 'gzip'],
    ['is something else', Buffer.from(text), 'br'],
    ...zstdFrame(27).map(([coding, body]): [string, Uint8Array, string] => ['needs too large a window', body, coding]),
    ['has a wrong check sum', Buffer.concat([gzipSync(text).subarray(0, -8), Buffer.alloc(8)]), 'gzip'],
    ['has bytes after its end', Buffer.concat([gzipSync(text), Buffer.from('more')]), 'gzip'],
    ['has bytes after its end', Buffer.concat([deflateSync(text), Buffer.from('more')]), 'deflate'],
    ['has bytes after its end', Buffer.concat([brotliCompressSync(text), Buffer.from('more')]), 'br'],
  ])('refuses a body that %s with 400 (%#)', async (_why, body, coding) => {
    const { status, error } = await send(body, coding);
    expect([status, error]).toEqual([400, expect.objectContaining({ code: 'COMPRESSION_BODY_INVALID' })]);
  });

  it('refuses a body that becomes too large with 413, whatever its length', async () => {
    expect((await send(gzipSync(text), 'gzip', { maxBytes: text.length })).status).toBe(200);
    const { status, error } = await send(gzipSync(text), 'gzip', { maxBytes: text.length - 1 });
    expect([status, error]).toEqual([413, expect.objectContaining({ code: 'COMPRESSION_BODY_TOO_LARGE' })]);
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(20_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(20_000_000))],
    ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(20_000_000)))],
  ])('stops a small body that fills the memory early: %s', async (coding, body) => {
    let bytes = 0;
    const { status, error } = await send(body, coding, {}, async ({ request }) => {
      for await (const chunk of request.body) bytes += chunk.byteLength;
    });
    expect([status, error]).toEqual([413, expect.objectContaining({ code: 'COMPRESSION_RATIO_EXCEEDED' })]);
    expect(bytes).toBeLessThan(2_000_000); // of 20 MB
  });

  it('accepts any ratio below 1 MiB, and if there is no limit', async () => {
    const zeros = Buffer.alloc(1024 * 1024);
    expect((await send(gzipSync(zeros), 'gzip')).status).toBe(200);
    const more = gzipSync(Buffer.alloc(5_000_000));
    expect((await send(more, 'gzip')).status).toBe(413);
    expect((await send(more, 'gzip', { maxRatio: null })).status).toBe(200);
  });

  it('keeps the pace of its reader', async () => {
    const random = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index * 31) % 251));
    const result = await send(gzipSync(random), 'gzip', {}, async ({ request, response }) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of request.body) {
        chunks.push(chunk);
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.body = Buffer.concat(chunks);
    });
    expect(Buffer.from(result.body).equals(random)).toBe(true);
  });

  it.each([{ maxBytes: -1 }, { maxRatio: 0 }, { maxCodings: 0 }, { max: 1 }])('refuses the options %o', (options) => {
    expect(() => decompressRequests(options as DecompressionOptions)).toThrow(
      expect.objectContaining({ code: 'COMPRESSION_OPTION_INVALID' }),
    );
  });
});
