import { describe, expect, it } from 'vitest';
import { ManualBody, RecordingSink } from './body-fixtures.ts';
import { RequestBody } from './request-body.ts';

const make = (): { body: RequestBody; source: ManualBody } => {
  const source = new ManualBody();
  return { body: new RequestBody(source), source };
};

describe('RequestBody.rewind()', () => {
  const begin = (keepBytes = 100_000): { body: RequestBody; source: ManualBody; first: RecordingSink } => {
    const { body, source } = make();
    const first = new RecordingSink();
    body.keep(keepBytes);
    body.start(first);
    return { body, source, first };
  };

  it('begins again after the end', () => {
    const { body, source } = begin();
    source.lend('ab');
    source.end();
    for (let round = 0; round < 3; round++) {
      expect([body.rewind(), body.state]).toEqual([true, 'unread']);
      const sink = new RecordingSink();
      body.start(sink);
      expect([sink.text, sink.ends, body.state]).toEqual(['ab', 1, 'done']);
    }
  });

  it('begins again midway: what still arrives follows', () => {
    const { body, source, first } = begin();
    source.lend('ab');
    expect(body.rewind()).toBe(true);
    expect(source.calls).toEqual(['start', 'pause']);
    expect(source.lend('cd')).toBe(false); // on its way when the pause was asked for
    const second = new RecordingSink();
    body.start(second);
    expect(source.calls.at(-1)).toBe('resume');
    source.lend('ef');
    expect(body.rewind()).toBe(true);
    const third = new RecordingSink();
    body.start(third);
    source.end();
    expect([first.text, second.text, third.text]).toEqual(['ab', 'abcdef', 'abcdef']);
    expect([first.ends, second.ends, third.ends]).toEqual([0, 0, 1]);
  });

  it('keeps the end that came while nobody read', () => {
    const { body, source } = begin();
    source.lend('ab');
    body.rewind();
    source.end();
    expect(body.state).toBe('unread');
    const sink = new RecordingSink();
    body.start(sink);
    expect([sink.text, sink.ends]).toEqual(['ab', 1]);
  });

  it('keeps the failure that came while nobody read', () => {
    const { body, source } = begin();
    source.lend('ab');
    body.rewind();
    source.sink?.fail(new Error('gone'));
    const sink = new RecordingSink();
    body.start(sink);
    expect([sink.error?.message, body.state]).toEqual(['gone', 'failed']);
  });

  it('is possible while the body fits what is kept, and not after', () => {
    const { body, source } = begin(4);
    source.lend('abcd');
    expect(body.rewind()).toBe(true);
    const sink = new RecordingSink();
    body.start(sink);
    source.lend('e');
    expect(body.rewind()).toBe(false);
    source.lend('f');
    source.end();
    expect([sink.text, sink.ends]).toEqual(['abcdef', 1]);
  });

  it('is always possible before the first read, and never without keep()', () => {
    const { body, source } = make();
    expect(body.rewind()).toBe(true);
    body.start(new RecordingSink());
    source.lend('a');
    body.keep(100); // too late
    source.lend('b');
    expect(body.rewind()).toBe(false);
  });

  it('is possible when keep() was called after the reading began and before the first byte came', () => {
    const { body, source } = make();
    body.start(new RecordingSink());
    body.keep(100);
    source.lend('a');
    expect(body.rewind()).toBe(true);
    const sink = new RecordingSink();
    body.start(sink);
    source.lend('b');
    source.end();
    expect([sink.text, sink.ends]).toEqual(['ab', 1]);
  });

  it('gives a kept piece once, although the page it lies in goes on to be filled', () => {
    const { body, source } = begin();
    source.lend('ab');
    body.rewind();
    const sink = new RecordingSink();
    body.start(sink);
    source.lend('cd');
    body.rewind();
    source.lend('ef');
    const last = new RecordingSink();
    body.start(last);
    source.end();
    expect([last.text, last.ends]).toEqual(['abcdef', 1]);
  });

  it('forgets the pause of the reader before', () => {
    const { body, source } = begin();
    body.pause();
    body.rewind();
    const sink = new RecordingSink();
    body.start(sink);
    expect(source.lend('a')).toBe(true);
    expect(sink.text).toBe('a');
  });

  it('waits between kept chunks while the sink says wait', () => {
    const { body, source } = begin();
    const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(8192)) as [string, string, string];
    for (const part of [a, b, c]) source.sink!.write(new TextEncoder().encode(part), true);
    body.rewind();
    const sink = new RecordingSink(() => false);
    body.start(sink);
    expect(sink.text).toBe(a);
    source.lend('d');
    source.end();
    for (const text of [a + b, a + b + c, `${a + b + c}d`]) {
      body.resume();
      expect([sink.text, sink.ends]).toEqual([text, 0]);
    }
    body.resume();
    expect(sink.ends).toBe(1);
  });
});
