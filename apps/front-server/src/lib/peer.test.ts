import { describe, expect, it } from 'vitest';
import { Peer } from './peer.ts';

function pair(answer: (question: unknown) => unknown, told: (what: unknown) => void = () => undefined) {
  const later = (peer: () => Peer) => (message: unknown) =>
    queueMicrotask(() => peer().hear(JSON.parse(JSON.stringify(message))));
  const one: Peer = new Peer(
    later(() => other),
    () => undefined,
  );
  const other: Peer = new Peer(
    later(() => one),
    answer,
    told,
  );
  return one;
}

describe('Peer', () => {
  it('answers questions, each with its own answer', async () => {
    const one = pair(async (question) => (question as number) * 2);
    expect(await Promise.all([one.ask(1, 1000), one.ask(2, 1000), one.ask(3, 1000)])).toEqual([2, 4, 6]);
  });

  it('passes on what went wrong', async () => {
    const one = pair(() => {
      throw new Error('line 3 is wrong');
    });
    await expect(one.ask('x', 1000)).rejects.toThrow('line 3 is wrong');
  });

  it('does not wait for ever, nor for one that is gone', async () => {
    const one = pair(() => new Promise(() => undefined));
    await expect(one.ask('x', 1)).rejects.toThrow('No answer came within 1 ms');
    const asked = one.ask('y', 60_000);
    one.close();
    await expect(asked).rejects.toThrow('It ended before it answered');
    await expect(one.ask('z', 60_000)).rejects.toThrow('It ended before it answered');
  });

  it('tells without waiting', async () => {
    const heard: unknown[] = [];
    pair(
      () => undefined,
      (what) => heard.push(what),
    ).tell({ a: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual([{ a: 1 }]);
  });
});
