import type { BodySink } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { toConnect } from '../src/index.ts';
import { connectTo, get } from './talk.ts';
import { listen, quiet } from './to-connect-hosts.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Made {
  readonly body: unknown;
  /** How often it was let go of. */
  readonly released: unknown[];
}

/** A body as programs without types make them, which gives these chunks and ends. */
function pushing(length: unknown, ...chunks: unknown[]): Made {
  const released: unknown[] = [];
  const start = (sink: BodySink): void => {
    for (const chunk of chunks) sink.write(chunk as Uint8Array);
    sink.end();
  };
  const nothing = (): void => undefined;
  return {
    body: { length, start, pause: nothing, resume: nothing, cancel: () => released.push('cancelled') },
    released,
  };
}

function reading(length: unknown, text: string): Made {
  const released: unknown[] = [];
  const read = (into: Uint8Array, position: number): number =>
    new TextEncoder().encodeInto(text.slice(position), into).written;
  return { body: { length, read, close: () => released.push('closed') }, released };
}

/** What a client gets until the connection closes, or until the answer to a second request is there. */
async function ask(answer: object): Promise<string> {
  const port = await listen(
    toConnect(
      ({ request, response }) =>
        void Object.assign(
          response,
          request.path === '/next' ? { status: 200, body: 'next' } : { status: 200, ...answer },
        ),
      { log: quiet },
    ),
  );
  const socket = await connectTo(port);
  socket.write(get('/') + get('/next'));
  let heard = '';
  socket.on('error', () => undefined);
  for await (const chunk of socket) {
    heard += chunk as string;
    if (heard.endsWith('\r\n\r\nnext')) break;
  }
  return heard;
}

describe('toConnect(): a body of a middleware', () => {
  it.each(
    [undefined, Number.NaN, -1, 1.5, '5', Number.POSITIVE_INFINITY].flatMap((length) =>
      (['PushBody', 'ReadBody'] as const).map((kind) => [kind, length] as const),
    ),
  )('is a 500 when it is a %s whose length is %s', async (kind, length) => {
    const { body, released } = kind === 'PushBody' ? pushing(length, bytes('hello')) : reading(length, 'hello');
    const heard = await ask({ body });
    expect(heard).toMatch(/^HTTP\/1\.1 500 /);
    expect(heard).toMatch(/HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nnext$/);
    expect(released.length).toBe(1);
  });

  it.each([
    ['text', 3],
    ['text', 5],
    ['text', Number.NaN],
    ['text', '4'],
    [pushing(4, bytes('text')).body, 3],
  ])('is a 500 when %s is declared to have %s bytes', async (body, declaredLength) => {
    expect(await ask({ body, declaredLength })).toMatch(/^HTTP\/1\.1 500 [\s\S]*\r\n\r\nnext$/);
  });

  it.each([
    ['3 bytes of 5', pushing(5, bytes('hel'))],
    ['7 bytes of 5', pushing(5, bytes('hello!!'))],
    ['more after all of them', pushing(5, bytes('hello'), bytes('!!'))],
    ['a ReadBody of 3 bytes of 5', reading(5, 'hel')],
    ['text instead of bytes', pushing(5, 'hello')],
    ['nothing instead of bytes', pushing(null, undefined)],
    ['text instead of bytes, in chunks', pushing(null, 'hello')],
  ])('never looks whole, and no other follows: %s', async (_name, { body }) => {
    const heard = await ask({ body });
    expect(heard).not.toContain('!!');
    expect(heard).not.toContain('next');
    const content = heard.slice(heard.indexOf('\r\n\r\n') + 4);
    expect(heard.includes('chunked') ? '' : content).toBe('hello'.slice(0, content.length));
    expect(content).not.toContain('0\r\n\r\n');
  });
});
