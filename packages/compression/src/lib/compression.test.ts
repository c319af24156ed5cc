import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { type Body, type HttpContext, HttpError, type PushBody, type ReadBody } from '@windhover/core';
import { checkedCompose, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { compression } from './compression.ts';
import type { CompressionOptions } from './compression-options.ts';

const text = 'The quick brown fox jumps over the lazy dog. '.repeat(100);
const long = text.repeat(100);

/** An application that answers with this body and these fields. */
function answer(body: Body, headers: Record<string, string> = {}, status = 200) {
  return ({ response }: HttpContext): void => {
    response.headers.assign({ 'Content-Type': 'text/plain', ...headers });
    response.body = body;
    response.status = status;
  };
}
const ask = (handler: (context: HttpContext) => void, init: RunInit = {}, options: CompressionOptions = {}) =>
  runHandler(checkedCompose([compression(options)], handler), {
    ...init,
    headers: { 'Accept-Encoding': 'gzip', ...(init.headers as Record<string, string>) },
  });

async function* pieces(whole: string, size: number): AsyncGenerator<string> {
  for (let start = 0; start < whole.length; start += size) yield whole.slice(start, start + size);
}

describe('compression()', () => {
  it.each([
    ['gzip', gunzipSync],
    ['deflate', inflateSync],
    ['br', brotliDecompressSync],
  ])('compresses a short answer with %s at once, and announces its length', async (coding, decode) => {
    const result = await ask(answer(text), { headers: { 'Accept-Encoding': coding } });
    expect(decode(result.body).toString()).toBe(text);
    expect(result.declaredLength).toBe(result.body.byteLength);
    expect(result.body.byteLength).toBeLessThan(text.length / 10);
    expect([result.headers.get('content-encoding'), result.headers.get('vary')]).toEqual([coding, 'Accept-Encoding']);
  });

  it('compresses bytes that never change at once too, as of a file in memory', async () => {
    const fixed = { bytes: Buffer.from(text), kept: undefined };
    const body: Body = { ...(readable(fixed.bytes) as ReadBody), fixed };
    const result = await ask(answer(body));
    expect(gunzipSync(result.body).toString()).toBe(text);
    expect(result.declaredLength).toBe(result.body.byteLength);
  });

  it.each<[string, () => Body]>([
    ['text', () => long],
    ['bytes', () => Buffer.from(long)],
    ['an iterable of small chunks', () => pieces(long, 1000)],
    ['an iterable that is short', () => pieces(long.slice(0, 5000), 7)],
    ['a readable body', () => readable(Buffer.from(long))],
  ])('compresses %s while it is sent', async (_name, body) => {
    for (const coding of ['gzip', 'br']) {
      const result = await ask(answer(body()), { headers: { 'Accept-Encoding': coding } });
      const decoded = (coding === 'br' ? brotliDecompressSync : gunzipSync)(result.body).toString();
      expect(long.startsWith(decoded) && decoded.length >= 5000).toBe(true);
      expect(result.declaredLength).toBe(null);
    }
  });

  it('leaves the answer as it is for a client that accepts none, and says that it varies', async () => {
    const result = await ask(answer(text, { Vary: 'Origin', ETag: '"a"' }), { headers: { 'Accept-Encoding': 'x' } });
    expect([result.text(), result.declaredLength]).toEqual([text, text.length]);
    expect([result.headers.get('vary'), result.headers.get('etag')]).toEqual(['Origin, Accept-Encoding', '"a"']);
    expect(result.headers.has('content-encoding')).toBe(false);
  });

  it('does not touch an answer that it would not compress for any client', async () => {
    const result = await ask(answer(text, { 'Content-Type': 'image/png', ETag: '"a"', 'Accept-Ranges': 'bytes' }));
    expect(Object.fromEntries(result.headers)).toEqual({
      'Content-Type': 'image/png',
      ETag: '"a"',
      'Accept-Ranges': 'bytes',
    });
  });

  it('makes a strong tag weak, and removes fields that are wrong for the compressed bytes (RFC 9110 §8.8.1, RFC 9530 §3)', async () => {
    const fields = {
      ETag: '"a"',
      'Accept-Ranges': 'bytes',
      'Content-MD5': 'x',
      Digest: 'sha-256=x',
      'Content-Digest': 'sha-256=:eA==:',
      'Repr-Digest': 'sha-256=:eA==:',
      'Unencoded-Digest': 'sha-256=:eA==:',
    };
    expect(Object.fromEntries((await ask(answer(text, fields))).headers)).toEqual({
      'Content-Type': 'text/plain',
      ETag: 'W/"a"',
      'Unencoded-Digest': 'sha-256=:eA==:',
      Vary: 'Accept-Encoding',
      'Content-Encoding': 'gzip',
    });
    expect((await ask(answer(text, { ETag: 'W/"a"' }))).headers.get('etag')).toBe('W/"a"');
  });

  it('removes digests from trailers, and keeps the others', async () => {
    const result = await ask((context) => {
      answer(pieces(long, 999))(context);
      context.response.trailers = () => ({ 'Repr-Digest': 'sha-256=:eA==:', 'X-Rows': '7' });
    });
    expect([...result.trailers!]).toEqual([['X-Rows', '7']]);
    expect(gunzipSync(result.body).toString()).toBe(long);
  });

  it('answers HEAD as GET, without a length', async () => {
    const handle = ({ request, response }: HttpContext): void => {
      response.headers.assign({ 'Content-Type': 'text/plain', ETag: '"a"', 'Accept-Ranges': 'bytes' });
      response.status = 200;
      response.body = request.method === 'HEAD' ? null : text;
      response.declaredLength = text.length;
    };
    const get = await ask(handle);
    const head = await ask(handle, { method: 'HEAD' });
    expect([...head.headers]).toEqual([...get.headers]);
    expect([head.status, head.declaredLength, head.body.byteLength]).toEqual([200, null, 0]);
    const own = await ask(answer(text), { method: 'HEAD' }); // an application that does not look at the method
    expect([own.status, own.declaredLength, own.headers.get('content-encoding')]).toEqual([200, null, 'gzip']);
  });

  it('keeps the length of a HEAD that GET answers uncompressed', async () => {
    const result = await ask(answer('short'), { method: 'HEAD' });
    expect([result.declaredLength, result.headers.has('content-encoding')]).toEqual([5, false]);
  });

  it.each([
    ['W/"a"', 'W/"a"'],
    ['"a"', '"a"'],
    ['"b", W/"a"', 'W/"a"'],
    ['W/"a", "a"', '"a"'],
    ['*', '"a"'],
  ])(
    'answers 304 to If-None-Match: %s with the tag %s, which the client knows (RFC 9111 §4.3.4)',
    async (sent, got) => {
      const result = await ask(answer(null, { ETag: '"a"' }, 304), { headers: { 'If-None-Match': sent } });
      expect([result.status, result.headers.get('etag'), result.headers.get('vary')]).toEqual([
        304,
        got,
        'Accept-Encoding',
      ]);
    },
  );

  it('leaves errors to those who answer them', async () => {
    const result = await ask(() => {
      throw new HttpError(404, 'TEST_MISSING', 'There is none '.repeat(200));
    });
    expect([result.status, result.headers.has('content-encoding')]).toEqual([404, false]);
    expect((await ask(() => undefined)).status).toBe(404);
  });

  it('compresses only what the program wants', async () => {
    const types = await ask(answer(text), {}, { types: ['application/json'] });
    const when = await ask(answer(text), {}, { when: ({ request }) => request.path !== '/' });
    const small = await ask(answer('xx'), {}, { minBytes: 2 });
    const encodings = [types, when, small].map(({ headers }) => headers.get('content-encoding'));
    expect(encodings).toEqual([undefined, undefined, 'gzip']);
  });

  it.each<[CompressionOptions | Record<string, unknown>, string]>([
    [{ level: 4 }, 'level'],
    [{ encodings: ['lzma'] }, 'encodings'],
    [{ levels: { br: 12 } }, 'levels: br'],
    [{ levels: { gz: 1 } }, 'levels'],
    [{ minBytes: -1 }, 'minBytes'],
    [{ types: 'text' }, 'types'],
    [{ types: ['text'] }, 'types'],
    [{ breach: true }, 'breach'],
    [{ maxEncoders: 1.5 }, 'maxEncoders'],
    [{ flushMs: -1 }, 'flushMs'],
  ])('refuses the options %o', (options, name) => {
    expect(() => compression(options as CompressionOptions)).toThrow(
      expect.objectContaining({ code: 'COMPRESSION_OPTION_INVALID', message: expect.stringContaining(name) }),
    );
  });
});

describe('encoders of compression()', () => {
  /** A body that gives one chunk and then waits, and tells when it is cancelled. */
  function endless(): PushBody & { isCancelled: boolean } {
    const body = {
      length: null,
      isCancelled: false,
      start: (sink: Parameters<PushBody['start']>[0]) => void sink.write(Buffer.from(long.slice(0, 100_000))),
      pause: () => undefined,
      resume: () => undefined,
      cancel: () => {
        body.isCancelled = true;
      },
    };
    return body;
  }

  it('are limited: further bodies are sent uncompressed', async () => {
    const layer = compression({ maxEncoders: 2 });
    const layers = [1, 2, 3].map(async () => {
      const controller = new AbortController();
      const body = endless();
      let seen: string | undefined;
      const result = runHandler(
        checkedCompose(
          [
            (context, next) => {
              const pending = next(context);
              seen = context.response.headers.get('content-encoding');
              return pending;
            },
            layer,
          ],
          answer(body),
        ),
        { headers: { 'Accept-Encoding': 'gzip' }, signal: controller.signal },
      );
      return { result, controller, body, seen: seen as string | undefined };
    });
    const running = await Promise.all(layers);
    expect(running.map(({ seen }) => seen)).toEqual(['gzip', 'gzip', undefined]);
    for (const { controller, result, body } of running) {
      controller.abort();
      await result;
      expect(body.isCancelled).toBe(true);
    }
    const next = await runHandler(checkedCompose([layer], answer(pieces(long, 5000))), {
      headers: { 'Accept-Encoding': 'gzip' },
    });
    expect(next.headers.get('content-encoding')).toBe('gzip');
  });

  it('are not needed by short answers', async () => {
    expect((await ask(answer(text), {}, { maxEncoders: 0 })).headers.get('content-encoding')).toBe('gzip');
    expect((await ask(answer(long), {}, { maxEncoders: 0 })).headers.get('vary')).toBe('Accept-Encoding');
  });
});

function readable(bytes: Uint8Array): Body {
  return {
    length: bytes.byteLength,
    read(into, position) {
      const part = bytes.subarray(position, position + into.byteLength);
      into.set(part);
      return part.byteLength;
    },
    close: () => undefined,
  };
}
