import { brotliDecompressSync, constants, gunzipSync } from 'node:zlib';
import type { BodySink, PushBody } from '@windhover/core';
import { createManualClock, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import type { Codec } from './codec.ts';
import { createPlainCodec } from './codec-fixtures.ts';
import { compressResponses } from './compress-responses.ts';
import { EncodedBody } from './encoded-body.ts';
import { nodeCodec } from './node-codec.ts';
import { portableCodec } from './portable-codec.ts';

/** A source that a test pushes by hand, and a body that encodes it. */
function open(codec: Codec, coding: 'br' | 'gzip', flushMs: number | null) {
  const clock = createManualClock();
  let sink: BodySink | null = null;
  const source: PushBody = {
    length: null,
    start: (given) => {
      sink = given;
    },
    pause: () => undefined,
    resume: () => undefined,
    cancel: () => undefined,
  };
  let closed = 0;
  const encoding = { codec, coding, level: 4, flushMs, clock };
  const body = new EncodedBody(source, encoding, () => {
    closed += 1;
  });
  const chunks: Uint8Array[] = [];
  let tell = (): void => undefined;
  body.start({
    write: (chunk) => {
      chunks.push(new Uint8Array(chunk));
      tell();
      return true;
    },
    end: () => tell(),
    fail: () => tell(),
  });
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      tell = resolve;
    });
  return { clock, source: sink!, body, chunks, next, closed: () => closed };
}

const decodeSoFar = {
  gzip: (chunks: readonly Uint8Array[]) =>
    gunzipSync(Buffer.concat(chunks), { finishFlush: constants.Z_SYNC_FLUSH }).toString(),
  br: (chunks: readonly Uint8Array[]) =>
    brotliDecompressSync(Buffer.concat(chunks), { finishFlush: constants.BROTLI_OPERATION_FLUSH }).toString(),
};

describe('EncodedBody', () => {
  it.each([
    ['node', 'gzip', nodeCodec],
    ['node', 'br', nodeCodec],
    ['portable', 'gzip', portableCodec],
  ] as const)('gives out each chunk at once if nothing may wait: %s codec, %s', async (_name, coding, codec) => {
    const { source, chunks, next } = open(codec, coding, 0);
    let sent = '';
    for (const event of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
      sent += event;
      source.write(Buffer.from(event));
      while (decodeSoFar[coding](chunks) !== sent) await next();
    }
  });

  it('gives out the bytes that are there when the time is up, with one timer', async () => {
    const { clock, source, chunks, next } = open(nodeCodec, 'gzip', 50);
    source.write(Buffer.from('one '));
    clock.advance(30);
    source.write(Buffer.from('two '));
    expect([clock.pending, chunks.length]).toEqual([1, 0]);
    clock.advance(20);
    while (decodeSoFar.gzip(chunks) !== 'one two ') await next();
    expect(clock.pending).toBe(0);
    source.write(Buffer.from('three'));
    clock.advance(50);
    while (decodeSoFar.gzip(chunks) !== 'one two three') await next();
  });

  it('needs neither timer nor encoder for a body that is short and complete in time', () => {
    const codec = createPlainCodec();
    const { clock, source, chunks, closed } = open(codec, 'br', 50);
    source.write(Buffer.from('one '));
    source.write(Buffer.from('two'));
    source.end();
    expect([Buffer.concat(chunks).toString(), codec.opened, clock.pending, closed()]).toEqual(['one two', 0, 0, 1]);
  });

  it('closes its encoder and timer when the reader leaves, and when the source fails', () => {
    for (const leave of [
      ({ body }: ReturnType<typeof open>) => body.cancel(new Error('gone')),
      ({ source }: ReturnType<typeof open>) => source.fail(new Error('broken')),
    ]) {
      const codec = createPlainCodec();
      const opened = open(codec, 'br', 50);
      opened.source.write(Buffer.alloc(40_000));
      expect([codec.open, opened.clock.pending]).toEqual([1, 1]);
      leave(opened);
      leave(opened);
      expect([codec.open, opened.clock.pending, opened.closed()]).toEqual([0, 0, 1]);
    }
  });

  it('closes its encoder wherever the client leaves', async () => {
    const codec = createPlainCodec();
    const bytes = Buffer.alloc(100_000, 'abc ');
    const layer = compressResponses(codec, { maxEncoders: 1 });
    for (let at = 1; at <= bytes.length; at += 4999) {
      const result = await runHandler(
        (context) =>
          layer(context, ({ response }) => {
            response.headers.set('Content-Type', 'text/plain');
            response.body = (async function* () {
              for (let start = 0; start < bytes.length; start += 3000) yield bytes.subarray(start, start + 3000);
            })();
          }),
        { headers: { 'Accept-Encoding': 'br' }, abortAfterBytes: at },
      );
      expect([at, result.headers.get('content-encoding'), result.outcome.end]).toEqual([at, 'br', 'client-closed']);
      expect(codec.open).toBe(0);
    }
    expect(codec.opened).toBeGreaterThan(10);
  });
});
