import type { Body, BodySink } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { ok, text, useClientBench } from './client-bench.ts';

const bench = useClientBench();
const nothing = (): void => undefined;

/** A body as an untyped program might make it: it gives these chunks and ends. */
const pushing = (length: unknown, ...chunks: unknown[]): { body: Body; cancelled: Error[] } => {
  const cancelled: Error[] = [];
  const start = (sink: BodySink): void => {
    for (const chunk of chunks) sink.write(chunk as Uint8Array);
    sink.end();
  };
  const body = { length, start, pause: nothing, resume: nothing, cancel: (reason: Error) => cancelled.push(reason) };
  return { body: body as unknown as Body, cancelled };
};

const send = (body: Body) => bench.request({ method: 'POST', target: '/', body }).response;

describe('a request body', () => {
  it.each([undefined, Number.NaN, -1, 1.5, '5', Number.POSITIVE_INFINITY])(
    'whose length is %s is refused before anything is sent',
    async (length) => {
      await bench.start((socket) => socket.write(ok));
      await expect(send(pushing(length, Buffer.from('hello')).body)).rejects.toMatchObject({
        code: 'CLIENT_REQUEST_INVALID',
      });
      expect(await text(await bench.get())).toBe('ok');
      expect(bench.upstream.received.join('')).not.toContain('POST');
    },
  );

  it.each([
    ['3 bytes of 5', ['hel']],
    ['7 bytes of 5', ['hello!!']],
    ['more after all of them', ['hello', '!!']],
  ])('of another length than it said never looks whole: %s', async (_name, pieces) => {
    await bench.start(nothing);
    const { body } = pushing(5, ...pieces.map((piece) => Buffer.from(piece)));
    await expect(send(body)).rejects.toMatchObject({ code: 'CLIENT_BODY_FAILED' });
    await bench.closed(0);
    expect(bench.upstream.received[0]).not.toContain('!!');
  });

  it.each(
    ['hello', undefined, null, 5, [1, 2], new ArrayBuffer(5)].flatMap((chunk) =>
      [5, null].map((length) => [chunk, length]),
    ),
  )('that gives what are no bytes never looks whole: %s, of a length of %s', async (chunk, length) => {
    await bench.start(nothing);
    const { body, cancelled } = pushing(length, chunk);
    await expect(send(body)).rejects.toMatchObject({ code: 'CLIENT_BODY_FAILED' });
    await bench.closed(0);
    expect(bench.upstream.received[0]).toMatch(/^(?:POST [\s\S]*\r\n\r\n)?$/);
    expect(cancelled.length).toBe(1);
  });
});
