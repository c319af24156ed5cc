import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import type { Body, ReadBody } from './body.ts';
import { ManualBody, RecordingSink, settle } from './body-fixtures.ts';
import { bodyLength } from './body-length.ts';
import { disposeBody } from './dispose-body.ts';
import { toPushBody } from './to-push-body.ts';

const reason = new Error('enough');

/** A body over bytes, with its calls counted. */
class MemoryBody implements ReadBody {
  readonly length: number;
  closes = 0;
  reads = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, length = bytes.byteLength) {
    this.bytes = bytes;
    this.length = length;
  }

  read(into: Uint8Array, position: number): number | Promise<number> {
    this.reads += 1;
    const part = this.bytes.subarray(position, position + Math.min(into.byteLength, 50_000));
    into.set(part);
    return this.reads % 2 === 0 ? part.byteLength : Promise.resolve(part.byteLength);
  }

  close(): void {
    this.closes += 1;
  }
}

const large = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251);

async function* generate(log: string[], ...chunks: (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  try {
    yield* chunks;
  } finally {
    log.push('left');
  }
}

async function read(body: Body): Promise<RecordingSink> {
  const sink = new RecordingSink();
  toPushBody(body).start(sink);
  await sink.over;
  return sink;
}

describe('toPushBody()', () => {
  it('reads more at a time for a client that takes everything at once, and less again when it does not', async () => {
    const sizes: number[] = [];
    const body: ReadBody = {
      length: 5_000_000,
      read: (into) => {
        sizes.push(into.byteLength);
        return into.byteLength;
      },
      close: () => undefined,
    };
    const sink = new RecordingSink();
    let asked = 0;
    toPushBody(body, () => ++asked !== 6).start(sink);
    await sink.over;
    expect(sizes.slice(0, 8)).toEqual([65_536, 65_536, 65_536, 65_536, 1_048_576, 1_048_576, 65_536, 65_536]);
  });

  it('reads a file into the same bytes again, but only where everything given before has left', async () => {
    const buffers = new Set<ArrayBufferLike>();
    const body = new MemoryBody(large);
    const plainRead = body.read.bind(body);
    body.read = (into, position) => {
      buffers.add(into.buffer);
      return plainRead(into, position);
    };
    let hasLeft = true;
    const sink = new RecordingSink();
    toPushBody(body, () => {
      hasLeft = !hasLeft;
      return hasLeft;
    }).start(sink);
    await sink.over;
    expect([body.reads, buffers.size]).toEqual([4, 3]);
  });

  const webStream = (): Body =>
    new ReadableStream({
      start(controller) {
        controller.enqueue('a');
        controller.enqueue(Buffer.from('b'));
        controller.close();
      },
    }) as unknown as AsyncIterable<string>;

  it.each<[string, () => Body, string]>([
    ['null', () => null, ''],
    ['an empty string', () => '', ''],
    ['a string, as UTF-8', () => 'é€😀', 'é€😀'],
    ['bytes', () => Buffer.from('ab'), 'ab'],
    ['a ReadBody', () => new MemoryBody(Buffer.from('ab')), 'ab'],
    ['an empty ReadBody', () => new MemoryBody(Buffer.alloc(0)), ''],
    ['an async generator of strings and bytes', () => generate([], 'a', '', Buffer.from('b')), 'ab'],
    ['a Node Readable', () => Readable.from([Buffer.from('a'), Buffer.from('b')]), 'ab'],
    ['a web ReadableStream', webStream, 'ab'],
  ])('pushes %s and ends once', async (_, make, text) => {
    const sink = await read(make());
    await settle();
    expect([sink.text, sink.ends, sink.error]).toEqual([text, 1, null]);
    expect(sink.chunks.every((chunk) => chunk.byteLength > 0)).toBe(true);
  });

  it('returns a PushBody as it is', () => {
    const body = new ManualBody();
    expect(toPushBody(body)).toBe(body);
  });

  it('knows the length where the body does', () => {
    expect([toPushBody(null).length, toPushBody('é').length, toPushBody(large).length]).toEqual([0, 2, 200_000]);
    expect(toPushBody(new MemoryBody(large)).length).toBe(200_000);
    expect(toPushBody(generate([])).length).toBeNull();
  });

  it('pushes what is already there before start() returns', () => {
    const sink = new RecordingSink();
    toPushBody('now').start(sink);
    expect([sink.text, sink.ends]).toEqual(['now', 1]);
  });

  it.each<[string, () => Body]>([
    ['bytes', () => 'ab'],
    ['a ReadBody', () => new MemoryBody(large)],
    ['an async generator', () => generate([], 'a', 'b')],
  ])('waits for resume() when %s was paused before its start', async (_, make) => {
    const sink = new RecordingSink();
    const body = toPushBody(make());
    body.pause();
    body.start(sink);
    await settle();
    expect([sink.chunks.length, sink.ends]).toEqual([0, 0]);
    body.resume();
    await sink.over;
    expect(sink.ends).toBe(1);
  });

  it.each<[string, () => Body, number]>([
    ['a ReadBody', () => new MemoryBody(large), 4],
    ['an async generator', () => generate([], 'a', 'b', 'c'), 3],
    ['a Node Readable', () => Readable.from([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]), 3],
  ])('asks %s for one chunk at a time while the sink says wait', async (_, make, expected) => {
    const sink = new RecordingSink(() => false);
    const body = toPushBody(make());
    body.start(sink);
    for (let count = 1; count <= expected; count++) {
      await settle();
      await settle();
      expect([sink.chunks.length, sink.ends]).toEqual([count, 0]);
      body.resume();
    }
    await sink.over;
    expect([sink.chunks.length, sink.ends]).toEqual([expected, 1]);
  });

  it('does not read twice at once when resumed twice', async () => {
    const body = toPushBody(new MemoryBody(large));
    const sink = new RecordingSink();
    body.start(sink);
    body.resume();
    body.pause();
    body.resume();
    await sink.over;
    expect(Buffer.concat(sink.chunks).equals(large)).toBe(true);
  });

  it('closes a ReadBody once after its end', async () => {
    const body = new MemoryBody(large);
    const sink = await read(body);
    expect([body.closes, Buffer.concat(sink.chunks).equals(large)]).toEqual([1, true]);
  });

  it('fails when a ReadBody is shorter than it said, and closes it once', async () => {
    const body = new MemoryBody(large, 300_000);
    const sink = await read(body);
    expect([sink.error?.message, sink.ends, body.closes]).toEqual(['The body ended at byte 200000 of 300000', 0, 1]);
  });

  it.each(['throws', 'rejects'])('fails when a read %s, and closes the body once', async (how) => {
    const body = new MemoryBody(large);
    body.read = () => {
      if (how === 'throws') throw reason;
      return Promise.reject(reason);
    };
    const sink = await read(body);
    await settle();
    expect([sink.error, body.closes]).toEqual([reason, 1]);
  });

  it('fails with the error of an async generator, Readable or ReadableStream', async () => {
    const failing = async function* (): AsyncGenerator<string> {
      yield 'a';
      throw reason;
    };
    const readable = new Readable({ read: () => void readable.destroy(reason) });
    const web = new ReadableStream({ pull: (controller) => controller.error(reason) });
    for (const body of [failing(), readable, web as unknown as AsyncIterable<string>]) {
      expect((await read(body)).error).toBe(reason);
    }
  });

  it.each([-1, Number.NaN])('fails when a ReadBody says it read %d of 5 bytes', async (count) => {
    const sink = new RecordingSink();
    toPushBody({ length: 5, read: () => count, close: () => undefined }).start(sink);
    await sink.over;
    expect(sink.error).toBeInstanceOf(Error);
    expect(sink.chunks).toEqual([]);
  });

  it('makes an Error of whatever else was thrown', async () => {
    const failing = async function* (): AsyncGenerator<string> {
      yield 'a';
      throw 'a string';
    };
    expect((await read(failing())).error).toMatchObject({ message: 'The body failed', cause: 'a string' });
  });
});

describe('PushBody.cancel()', () => {
  it.each(['before its start', 'while it waits', 'within write()', 'after its end'])(
    'closes a ReadBody once %s',
    async (when) => {
      const body = new MemoryBody(large);
      const push = toPushBody(body);
      const sink = new RecordingSink(() => {
        if (when === 'within write()') push.cancel(reason);
        return when === 'after its end';
      });
      if (when !== 'before its start') push.start(sink);
      if (when === 'after its end') await sink.over;
      for (let turn = 0; turn < 3; turn++) await settle();
      push.cancel(reason);
      push.cancel(reason);
      await settle();
      expect([body.closes, sink.error, sink.ends]).toEqual([1, null, when === 'after its end' ? 1 : 0]);
    },
  );

  it('drops the bytes of a read that was under way', async () => {
    const body = new MemoryBody(large);
    const sink = new RecordingSink();
    const push = toPushBody(body);
    push.start(sink);
    push.cancel(reason);
    await settle();
    expect([sink.chunks.length, body.closes]).toEqual([0, 1]);
  });

  it('is not followed by end() when the sink cancels its only chunk', () => {
    const push = toPushBody('ab');
    const sink = new RecordingSink(() => {
      push.cancel(reason);
      return true;
    });
    push.start(sink);
    expect([sink.chunks.length, sink.ends]).toEqual([1, 0]);
  });

  it('leaves an async generator through its finally block', async () => {
    const log: string[] = [];
    const push = toPushBody(generate(log, 'a', 'b'));
    push.start(new RecordingSink(() => false));
    await settle();
    push.cancel(reason);
    await settle();
    expect(log).toEqual(['left']);
  });

  it('leaves the iteration that is under way, not a new one', async () => {
    const log: string[] = [];
    const iterate = vi.fn(() => generate(log, 'a', 'b'));
    const push = toPushBody({ [Symbol.asyncIterator]: iterate });
    push.start(new RecordingSink(() => false));
    await settle();
    push.cancel(reason);
    await settle();
    expect([log, iterate.mock.calls.length]).toEqual([['left'], 1]);
  });

  it('destroys a Readable, also while it waits for more', async () => {
    const readable = new Readable({ read: () => undefined });
    const sink = new RecordingSink();
    const push = toPushBody(readable);
    push.start(sink);
    await settle();
    push.cancel(reason);
    await settle();
    expect([readable.destroyed, sink.error]).toEqual([true, null]);
  });

  it('cancels a ReadableStream with the reason, also while it waits for more', async () => {
    const cancel = vi.fn();
    const push = toPushBody(new ReadableStream({ cancel }) as unknown as AsyncIterable<string>);
    push.start(new RecordingSink());
    await settle();
    push.cancel(reason);
    await settle();
    expect(cancel.mock.calls).toEqual([[reason]]);
  });
});

describe('disposeBody()', () => {
  it('has nothing to do for null, a string or bytes', () => {
    for (const body of [null, 'a', large]) disposeBody(body, reason);
  });

  it('cancels a PushBody with the reason', () => {
    const body = new ManualBody();
    disposeBody(body, reason);
    expect(body.calls).toEqual(['cancel: enough']);
  });

  it('closes a ReadBody', () => {
    const body = new MemoryBody(large);
    disposeBody(body, reason);
    expect([body.closes, body.reads]).toEqual([1, 0]);
  });

  it('destroys a Readable without an unhandled error event', async () => {
    const readable = new Readable({ read: () => undefined });
    disposeBody(readable, reason);
    await settle();
    expect(readable.destroyed).toBe(true);
  });

  it('cancels a ReadableStream and ignores how that fails', async () => {
    const cancel = vi.fn(() => Promise.reject(new Error('in its own way')));
    disposeBody(new ReadableStream({ cancel }) as unknown as AsyncIterable<string>, reason);
    await settle();
    expect(cancel.mock.calls).toEqual([[reason]]);
  });

  it('returns an iterator that has not begun', async () => {
    const generator = generate([], 'a');
    disposeBody(generator, reason);
    expect(await generator.next()).toEqual({ done: true, value: undefined });
  });
});

describe('toPushBody() of a ReadBody that miscounts', () => {
  it.each([-1, 0.5, 7, Number.NaN, undefined, '3'])('fails when it says that it read %s of 5 bytes', async (count) => {
    for (const answer of [count, Promise.resolve(count)]) {
      const close = vi.fn();
      const sink = await read({ length: 5, read: () => answer, close } as unknown as ReadBody);
      expect([sink.text, sink.ends, sink.error?.message]).toEqual([
        '',
        0,
        `The body says that it read ${count} of 5 bytes`,
      ]);
      expect(close).toHaveBeenCalledTimes(1);
    }
  });
});

describe('bodyLength()', () => {
  it.each([undefined, Number.NaN, -1, 1.5, '5', Number.POSITIVE_INFINITY, 2 ** 53, {}])(
    'throws for a body that says that its length is %s',
    (length) => {
      const calls = { read: () => 0, close: () => undefined, start: () => undefined };
      for (const name of ['read', 'start'] as const) {
        const body = { length, [name]: calls[name] } as unknown as Body;
        expect(() => bodyLength(body)).toThrow(expect.objectContaining({ code: 'CORE_BODY_LENGTH_INVALID' }));
      }
    },
  );

  it.each(['', 'a', 'é', '€', '😀', '\ud83d', '\ude00', 'a\ud83db', '\ude00\ud83d', 'ÿĀ\u07ff\u0800\uffff'])(
    'counts %j as UTF-8',
    (text) => {
      expect(bodyLength(text)).toBe(Buffer.byteLength(text));
      expect(bodyLength(text)).toBe(new TextEncoder().encode(text).byteLength);
    },
  );

  it('asks the body, and is null where only the end will tell', () => {
    expect([bodyLength(null), bodyLength(large), bodyLength(new MemoryBody(large))]).toEqual([0, 200_000, 200_000]);
    expect([bodyLength(new ManualBody(7)), bodyLength(new ManualBody()), bodyLength(generate([]))]).toEqual([
      7,
      null,
      null,
    ]);
  });
});

describe('toPushBody() with an iterable that does not keep its promise', () => {
  const failure = (body: Body): Promise<Error> =>
    new Promise((resolve, reject) => {
      const end = () => reject(new Error('It looked whole'));
      toPushBody(body).start({ write: () => true, end, fail: resolve });
    });

  it('fails when it gives no iterator, and nothing is left unhandled', async () => {
    const hostile = {
      [Symbol.asyncIterator]() {
        throw new Error('no iterator');
      },
    } as unknown as AsyncIterable<Uint8Array>;
    expect((await failure(hostile)).message).toBe('no iterator');
  });

  it.each([[1], [new Uint16Array(2)], [{}], [null]])('fails when it gives %s instead of bytes', async (chunk) => {
    async function* wrong(): AsyncGenerator<Uint8Array> {
      yield chunk as unknown as Uint8Array;
    }
    expect(await failure(wrong())).toMatchObject({ code: 'CORE_CHUNK_INVALID' });
  });
});
