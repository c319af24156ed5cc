import type { Connection } from '@windhover/core';
import { createManualClock } from '@windhover/testing';
import { createTimerWheel } from '@windhover/transport';
import { describe, expect, it } from 'vitest';
import type { Engine } from './engine.ts';
import { resolveLimits } from './limits.ts';
import { ResponseWriter } from './response-writer.ts';
import { WriteBatch } from './write-batch.ts';

/** A connection that says what is done with it. */
function spy(): { readonly done: string[]; readonly channel: Connection } {
  const done: string[] = [];
  const channel = {
    pendingBytes: 0,
    cork: () => void done.push('cork'),
    uncork: () => void done.push('uncork'),
    write: (chunk: string | Uint8Array) => done.push(Buffer.from(chunk as string).toString()) > 0,
  };
  return { done, channel: channel as unknown as Connection };
}

function writer(writes: WriteBatch, channel: Connection): ResponseWriter {
  const wheel = createTimerWheel({ clock: createManualClock() });
  return new ResponseWriter(channel, { limits: resolveLimits(), wheel, writes } as unknown as Engine, () => undefined);
}

describe('ResponseWriter', () => {
  it.each([
    ['fills a batch', 31, 0],
    ['finds that the batch has waited too long', 1, 1],
  ])('sends an answer that %s whole, not its head before its body', (_how, before, waitedMs) => {
    const wheel = { now: 0 };
    const writes = new WriteBatch(wheel);
    for (let count = 0; count < before; count++) writer(writes, spy().channel).writeSoon('other');
    wheel.now += waitedMs;
    const { done, channel } = spy();
    writer(writes, channel).writeSoon('head', Buffer.from('body'));
    expect(done).toEqual(['cork', 'head', 'body', 'uncork']);
  });

  it('sends the held part together with the next one', () => {
    const wheel = { now: 0 };
    const writes = new WriteBatch(wheel);
    writer(writes, spy().channel).writeSoon('other');
    wheel.now += 1;
    const { done, channel } = spy();
    const own = writer(writes, channel);
    own.hold();
    own.write('5\r\n');
    own.write('hello');
    own.writePart('\r\n');
    expect(done).toEqual(['cork', '5\r\n', 'hello', '\r\n', 'uncork']);
  });
});
