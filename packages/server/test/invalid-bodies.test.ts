import type { BodySink, PushBody, ReadBody } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { bench, get, ok, path, turns } from './talk.ts';

/** Bodies as programs without types make them. */
const text = new TextEncoder();

const withoutLength: unknown[] = [undefined, Number.NaN, -1, 1.5, '5', Number.POSITIVE_INFINITY, 2 ** 53, {}];

interface Made {
  readonly body: Record<string, unknown>;
  readonly released: string[];
}

function pushing(length: unknown): Made {
  const released: string[] = [];
  const start = (sink: BodySink): void => {
    sink.write(text.encode('hello'));
    sink.end();
  };
  const nothing = (): void => undefined;
  const body = { length, start, pause: nothing, resume: nothing, cancel: () => released.push('cancelled') };
  return { body, released };
}

function reading(length: unknown): Made {
  const released: string[] = [];
  const read = (into: Uint8Array, position: number): number => text.encodeInto('hello'.slice(position), into).written;
  return { body: { length, read, close: () => released.push('closed') }, released };
}

const refused = `HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\n${ok('Internal Server Error\n').slice(17)}`;

describe('a body whose length is none', () => {
  const kinds: [string, (length: unknown) => Made][] = [
    ['a PushBody', pushing],
    ['a ReadBody', reading],
  ];
  const rows = kinds.flatMap(([kind, make]) => withoutLength.map((length) => [kind, length, make] as const));

  it.each([...rows, ['a ReadBody', null, reading] as const])('is a 500: %s with %s', async (_kind, length, make) => {
    const made = make(length);
    const { connect, outcomes } = bench((context) => {
      if (context.request.path === '/next') path(context);
      else context.response.body = made.body as never;
    });
    const client = connect();
    const answer = await client.say(get('/') + get('/next'));
    expect(answer).toBe(refused + ok('/next'));
    expect(outcomes[0]).toMatchObject({ end: 'handler-failed', error: { code: 'SERVER_RESPONSE_INVALID' } });
    expect(made.released.length).toBe(1);
  });

  it('is a 500 when there is no such property at all', async () => {
    for (const { body } of [pushing(0), reading(0)]) {
      delete body.length;
      const { connect } = bench(({ response }) => void Object.assign(response, { body }));
      expect(await connect().say(get())).toMatch(/^HTTP\/1\.1 500 /);
    }
  });

  it('is a 500 for HEAD as well, and when asking for it throws', async () => {
    const thrower = Object.defineProperty(pushing(0).body, 'length', {
      get: () => {
        throw new Error('no length');
      },
    });
    for (const body of [pushing(Number.NaN).body, thrower]) {
      const { connect, outcomes } = bench(({ response }) => void Object.assign(response, { body }));
      expect(await connect().say('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1\.1 500 /);
      expect(outcomes[0]?.error).toMatchObject({ code: 'SERVER_RESPONSE_INVALID' });
    }
  });

  it('is sent in chunks when it says that it does not know it', async () => {
    const { connect } = bench(({ response }) => void Object.assign(response, { body: pushing(null).body }));
    expect(await connect().say(get())).toMatch(/Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/);
  });
});

const head = (length: number): string => `HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: ${length}\r\n\r\n`;

describe('a body of another length than it said', () => {
  const nothing = (): void => undefined;

  it.each([
    ['3 bytes of 5', ['hel'], 'hel'],
    ['7 bytes of 5', ['hello!!'], ''],
    ['7 bytes of 5, in pieces', ['hel', 'lo!!'], 'hel'],
    ['more after all of them', ['hello', '!!'], 'hello'],
  ])('cuts the message: %s', async (_name, pieces, arrived) => {
    const cancelled: Error[] = [];
    const body: PushBody = {
      length: 5,
      start: (sink) => {
        for (const piece of pieces) sink.write(text.encode(piece));
        sink.end();
      },
      pause: nothing,
      resume: nothing,
      cancel: (reason) => void cancelled.push(reason),
    };
    const { connect, outcomes } = bench(({ response }) => void Object.assign(response, { body }));
    const client = connect();
    const answer = await client.say(get('/1') + get('/2'));
    expect((head(5) + arrived).startsWith(answer)).toBe(true); // what was not with the kernel goes with the connection
    expect(client.isClosed).toBe(true);
    expect(outcomes).toMatchObject([{ end: 'handler-failed', error: { code: 'SERVER_BODY_LENGTH_MISMATCH' } }]);
    expect(cancelled.length).toBe(arrived.length === 3 && pieces.length === 1 ? 0 : 1); // one that has ended needs no telling
  });

  it.each<[string, (into: Uint8Array, position: number) => unknown, string]>([
    ['ends too soon', (into, position) => (position === 0 ? text.encodeInto('hel', into).written : 0), 'hel'],
    ['says that it read more than there was room for', (into) => text.encodeInto('hello!!', into).written + 2, ''],
    ['says that it read less than nothing', () => -1, ''],
    ['says that it read half a byte', () => 0.5, ''],
    ['does not say how much it read', () => undefined, ''],
    ['says it in a text', () => '5', ''],
    ['says it later, and too much', async () => 7, ''],
  ])('cuts the message: a ReadBody that %s', async (_name, read, arrived) => {
    let closed = 0;
    const body = { length: 5, read, close: () => void (closed += 1) } as unknown as ReadBody;
    const { connect, outcomes } = bench(({ response }) => void Object.assign(response, { body }));
    const client = connect();
    client.send(get('/1') + get('/2'));
    await turns();
    expect((head(5) + arrived).startsWith(await client.hear())).toBe(true);
    expect([client.isClosed, closed]).toEqual([true, 1]);
    expect(outcomes).toMatchObject([{ end: 'handler-failed' }]);
  });
});

describe('a body that gives what are no bytes', () => {
  const givers: [string, unknown][] = [
    ['a text', 'hello'],
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['an array', [1, 2]],
    ['an ArrayBuffer', new ArrayBuffer(5)],
  ];

  it.each(givers.flatMap(([name, chunk]) => [5, null].map((length) => [name, length, chunk] as const)))(
    'cuts the message: %s, of a length of %s',
    async (_name, length, chunk) => {
      const cancelled: Error[] = [];
      let goesOn: boolean | null = null;
      const body: PushBody = {
        length,
        start: (sink) =>
          void setImmediate(() => {
            goesOn = sink.write(chunk as Uint8Array);
            sink.end();
          }),
        pause: () => undefined,
        resume: () => undefined,
        cancel: (reason) => void cancelled.push(reason),
      };
      const { connect, outcomes } = bench(({ response }) => void Object.assign(response, { body }));
      const client = connect();
      client.send(get());
      await turns();
      const answer = await client.hear();
      expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toBe('');
      expect([client.isClosed, goesOn, cancelled.length]).toEqual([true, false, 1]);
      expect(outcomes).toMatchObject([{ end: 'handler-failed', error: { code: 'SERVER_RESPONSE_INVALID' } }]);
    },
  );
});
