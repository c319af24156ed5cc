import { describe, expect, it } from 'vitest';
import { BodySource } from './body-source.ts';

function setUp() {
  const calls: string[] = [];
  const source = new BodySource(null, {
    bodyWanted: () => calls.push('wanted'),
    bodyUnwanted: () => calls.push('unwanted'),
  });
  const sink = (isOpen: boolean) => ({
    write: (chunk: Uint8Array) => {
      calls.push(`write ${chunk.byteLength}`);
      return isOpen;
    },
    end: () => void calls.push('end'),
    fail: (error: Error) => void calls.push(`fail ${error.message}`),
  });
  return { source, sink, calls };
}

describe('BodySource', () => {
  it('wants bytes from the start on, not while it is paused, and not after its end', () => {
    const { source, sink, calls } = setUp();
    expect(source.isWanted).toBe(false);
    source.start(sink(false));
    expect(source.isWanted).toBe(true);
    source.push(new Uint8Array(3));
    expect(source.isWanted).toBe(false);
    source.resume();
    expect(source.isWanted).toBe(true);
    source.finish(undefined);
    expect(source.isWanted).toBe(false);
    source.fail(new Error('too late'));
    source.resume();
    expect(calls).toEqual(['wanted', 'write 3', 'wanted', 'end']);
  });

  it('drops and counts what comes after it was cancelled', () => {
    const { source, sink, calls } = setUp();
    source.start(sink(true));
    source.cancel(new Error('enough'));
    expect([source.isWanted, source.isReading]).toEqual([true, false]);
    source.push(new Uint8Array(5));
    expect(source.discardedBytes).toBe(5);
    expect(calls).toEqual(['wanted', 'unwanted']);
  });

  it('tells the reason to the current reader and to later ones', () => {
    const { source, sink, calls } = setUp();
    source.start(sink(true));
    source.discard(new Error('answered'));
    source.fail(new Error('closed'));
    source.start(sink(true));
    expect(calls).toEqual(['wanted', 'fail answered', 'fail answered']);
  });
});
