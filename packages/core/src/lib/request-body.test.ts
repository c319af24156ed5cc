import { describe, expect, it } from 'vitest';
import type { BodySink } from './body.ts';
import { ManualBody, RecordingSink, settle } from './body-fixtures.ts';
import { RequestBody } from './request-body.ts';
import { toPushBody } from './to-push-body.ts';

const make = (length: number | null = null): { body: RequestBody; source: ManualBody } => {
  const source = new ManualBody(length);
  return { body: new RequestBody(source), source };
};

const withCode = (code: string): unknown => expect.objectContaining({ code });
const alreadyRead = withCode('CORE_BODY_ALREADY_READ');

describe('RequestBody', () => {
  it('does not ask the client before its first read', () => {
    const { body, source } = make(5);
    expect([body.state, body.length, source.calls.length]).toEqual(['unread', 5, 0]);
    body.start(new RecordingSink());
    expect([body.state, source.calls]).toEqual(['reading', ['start']]);
  });

  it('is done after the end', () => {
    const { body, source } = make();
    const sink = new RecordingSink();
    body.start(sink);
    source.lend('ab');
    source.end();
    expect([body.state, sink.text, sink.ends]).toEqual(['done', 'ab', 1]);
  });

  it('is empty when there is no body', async () => {
    const body = new RequestBody(null);
    expect([body.length, await body.text(), body.state]).toEqual([0, '', 'done']);
  });

  it('reads bytes, text and JSON, several times', async () => {
    const body = new RequestBody(toPushBody('{"a":"é"}'));
    expect(await body.json()).toEqual({ a: 'é' });
    expect(await body.text()).toBe('{"a":"é"}');
    expect(await body.bytes()).toBe(await body.bytes());
  });

  it('joins many lent chunks that are gone when write() returns', async () => {
    const { body, source } = make();
    const text = body.text();
    for (const part of ['on', 'e t', 'wo']) expect(source.lend(part)).toBe(true);
    source.end();
    expect(await text).toBe('one two');
  });

  it('reads bytes after a pause that nobody could end', async () => {
    const { body, source } = make();
    body.pause();
    const text = body.text();
    source.lend('ab');
    source.end();
    expect(await text).toBe('ab');
  });

  it('passes a given chunk on as given, and a lent one as lent', () => {
    const { body, source } = make();
    const given: boolean[] = [];
    body.start(new RecordingSink((_, isGiven) => given.push(isGiven) > 0));
    source.sink?.write(Buffer.from('a'), true);
    source.sink?.write(Buffer.from('b'));
    expect(given).toEqual([true, false]);
  });

  it('hands a kept chunk on as lent: it is needed again', () => {
    const { body, source } = make();
    const given: boolean[] = [];
    body.keep(100);
    body.start(new RecordingSink((_, isGiven) => given.push(isGiven) > 0));
    source.sink?.write(Buffer.from('a'), true);
    expect(given).toEqual([false]);
  });

  it('rejects JSON that is none with 400', async () => {
    const failure = await new RequestBody(toPushBody('{')).json().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'CORE_BODY_NOT_JSON', status: 400, cause: expect.any(SyntaxError) });
  });

  it('shows the trailers once it is done', () => {
    const { body, source } = make();
    const sink = new RecordingSink();
    body.start(sink);
    expect(body.trailers).toBeNull();
    source.end({ 'X-Checksum': '1' });
    expect(body.trailers?.get('x-checksum')).toBe('1');
    expect(sink.trailers).toBe(body.trailers);
  });

  it('passes a failure of the source to its reader', async () => {
    const { body, source } = make();
    const bytes = body.bytes();
    source.sink?.fail(new Error('gone'));
    await expect(bytes).rejects.toThrow('gone');
    await expect(body.text()).rejects.toThrow('gone');
    expect([body.state, body.rewind()]).toEqual(['failed', false]);
  });
});

describe('RequestBody: one reader', () => {
  it('tells a second reader who was first', async () => {
    const { body } = make();
    body.start(new RecordingSink(), 'the proxy');
    expect(() => body.start(new RecordingSink(), 'the log')).toThrow(alreadyRead);
    expect(() => body.start(new RecordingSink(), 'the log')).toThrow('the proxy was first, the log came second');
    await expect(body.bytes()).rejects.toThrow('the proxy was first, bytes() came second');
    expect(() => body[Symbol.asyncIterator]()).toThrow('the proxy was first, for await came second');
  });

  it('is not replayed after start(): nobody has kept it', () => {
    const { body, source } = make();
    body.start(new RecordingSink());
    source.end();
    expect(() => body.start(new RecordingSink())).toThrow(alreadyRead);
  });

  it('refuses start() while bytes() is reading', () => {
    const { body } = make();
    void body.bytes();
    expect(() => body.start(new RecordingSink())).toThrow(alreadyRead);
  });

  it('replays to start() what bytes() has read, as often as asked, trailers too', async () => {
    const { body, source } = make();
    const bytes = body.bytes();
    source.lend('ab');
    source.lend('cd');
    source.end({ x: '1' });
    await bytes;
    for (let round = 0; round < 2; round++) {
      const sink = new RecordingSink();
      body.start(sink);
      expect([sink.text, sink.ends, sink.trailers]).toEqual(['abcd', 1, body.trailers]);
    }
    let text = '';
    for await (const chunk of body) text += Buffer.from(chunk).toString();
    expect(text).toBe('abcd');
    expect(source.calls).toEqual(['start']);
  });

  it('replays an empty body without an empty chunk', async () => {
    const body = new RequestBody(null);
    await body.bytes();
    const sink = new RecordingSink();
    body.start(sink);
    expect([sink.chunks.length, sink.ends]).toEqual([0, 1]);
  });

  it('lets a reader that was refused read after rewind()', async () => {
    const { body, source } = make();
    body.keep(100);
    body.start(new RecordingSink());
    await expect(body.bytes()).rejects.toThrow(alreadyRead as Error);
    source.lend('ab');
    source.end();
    expect(body.rewind()).toBe(true);
    expect(await body.text()).toBe('ab');
  });
});

describe('RequestBody.maxBytes', () => {
  it('refuses an announced length before a byte is read', async () => {
    const { body, source } = make(11);
    body.maxBytes = 10;
    await expect(body.bytes()).rejects.toMatchObject({ code: 'CORE_BODY_TOO_LARGE', status: 413 });
    expect(source.calls).toEqual([expect.stringMatching(/^cancel/)]);
    expect(body.state).toBe('failed');
  });

  it('counts a body of unknown length as it arrives', () => {
    const { body, source } = make();
    body.maxBytes = 4;
    const sink = new RecordingSink();
    body.start(sink);
    expect(source.lend('abcd')).toBe(true);
    expect(source.lend('e')).toBe(false);
    expect(source.lend('f')).toBe(false);
    source.end();
    expect(sink.error).toMatchObject({ code: 'CORE_BODY_TOO_LARGE' });
    expect([sink.text, sink.ends, body.state]).toEqual(['abcd', 0, 'failed']);
  });

  it('counts although the announced length was small', () => {
    const { body, source } = make(2);
    body.maxBytes = 4;
    const sink = new RecordingSink();
    body.start(sink);
    source.lend('abcde');
    expect(sink.error).toMatchObject({ status: 413 });
  });

  it('does not count replayed bytes again', async () => {
    const { body, source } = make();
    body.maxBytes = 4;
    body.keep(100);
    body.start(new RecordingSink());
    source.lend('abc');
    body.rewind();
    const sink = new RecordingSink();
    body.start(sink);
    source.lend('d');
    source.end();
    expect([sink.text, sink.error]).toEqual(['abcd', null]);
  });

  it.each([undefined, Number.NaN, -1, '5mb'])('is not %s, which would be no limit', (bytes) => {
    const { body } = make();
    body.maxBytes = 10;
    expect(() => {
      body.maxBytes = bytes as never;
    }).toThrow(withCode('CORE_BODY_LIMIT_INVALID') as Error);
    expect(body.maxBytes).toBe(10);
  });

  it('can be changed until the first read', () => {
    const { body } = make();
    expect(body.maxBytes).toBeNull();
    body.maxBytes = 1;
    body.maxBytes = 100;
    body.start(new RecordingSink());
    expect(() => {
      body.maxBytes = 1;
    }).toThrow(withCode('CORE_BODY_LIMIT_LATE') as Error);
    expect(body.maxBytes).toBe(100);
  });
});

describe('RequestBody: pausing and cancelling', () => {
  it('passes pause and resume to the source', () => {
    const { body, source } = make();
    body.start(new RecordingSink());
    body.pause();
    expect(source.lend('a')).toBe(false);
    body.resume();
    expect(source.lend('b')).toBe(true);
    expect(source.calls).toEqual(['start', 'pause', 'resume']);
  });

  it('tells the source to wait when the sink does', () => {
    const { body, source } = make();
    body.start(new RecordingSink(() => false));
    expect(source.lend('a')).toBe(false);
  });

  it('waits for resume() when it was paused before its start', () => {
    const { body, source } = make();
    body.pause();
    body.start(new RecordingSink());
    expect(source.calls).toEqual([]);
    body.resume();
    expect(source.calls).toEqual(['start']);
  });

  it('cancels the source once and calls its sink no more', () => {
    const { body, source } = make();
    const sink = new RecordingSink();
    body.start(sink);
    body.cancel(new Error('enough'));
    body.cancel(new Error('again'));
    source.lend('late');
    source.end();
    expect(source.calls).toEqual(['start', 'cancel: enough']);
    expect([body.state, sink.chunks.length, sink.ends, sink.error]).toEqual(['failed', 0, 0, null]);
  });

  it('fails whoever reads it after it was cancelled', async () => {
    const { body, source } = make();
    body.cancel(new Error('enough'));
    await expect(body.bytes()).rejects.toThrow('enough');
    expect(source.calls).toEqual(['cancel: enough']);
  });

  it('is left alone by a cancel after its end', async () => {
    const body = new RequestBody(toPushBody('a'));
    await body.bytes();
    body.cancel(new Error('late'));
    expect(await body.text()).toBe('a');
  });
});

describe('RequestBody: for await', () => {
  it('yields copies and pauses the source between them', async () => {
    const { body, source } = make();
    const seen: string[] = [];
    const loop = (async () => {
      for await (const chunk of body) seen.push(Buffer.from(chunk).toString());
    })();
    for (const part of ['a', 'b']) {
      expect(source.lend(part)).toBe(false);
      await settle();
    }
    expect(seen).toEqual(['a', 'b']);
    expect(source.calls.filter((call) => call === 'resume').length).toBeGreaterThan(0);
    source.end();
    await loop;
    expect(body.state).toBe('done');
  });

  it('yields what arrived before a failure, then throws it', async () => {
    const { body, source } = make();
    const iterator = body[Symbol.asyncIterator]();
    source.lend('a');
    source.lend('b');
    source.sink?.fail(new Error('gone'));
    expect([(await iterator.next()).value, (await iterator.next()).value].map(String)).toEqual(['97', '98']);
    await expect(iterator.next()).rejects.toThrow('gone');
  });

  it('throws a failure to whoever waits', async () => {
    const { body, source } = make();
    const iterator = body[Symbol.asyncIterator]();
    const next = iterator.next();
    source.sink?.fail(new Error('gone'));
    await expect(next).rejects.toThrow('gone');
  });

  it('cancels the source when the loop is left early', async () => {
    const { body, source } = make();
    source.start = (sink: BodySink) => {
      source.sink = sink;
      source.lend('a');
    };
    for await (const _ of body) break;
    expect(source.calls).toEqual([expect.stringMatching(/^cancel/)]);
    expect(body.state).toBe('failed');
  });

  it('cancels nothing when the loop is left after the last byte', async () => {
    const { body, source } = make();
    const iterator = body[Symbol.asyncIterator]();
    source.lend('a');
    source.end();
    await iterator.return?.();
    expect(await iterator.next()).toMatchObject({ done: false });
    expect([source.calls, body.state]).toEqual([['start'], 'done']);
  });
});
