import { describe, expect, it } from 'vitest';
import type { Body } from './body.ts';
import { RecordingSink } from './body-fixtures.ts';
import { disposeBody } from './dispose-body.ts';
import { HttpResponse } from './http-response.ts';
import { toPushBody } from './to-push-body.ts';

const reason = new Error('not wanted');
const boom = (): never => {
  throw new Error('boom');
};
const later = (): Promise<never> => Promise.reject(new Error('boom'));
const unreadable = {
  // biome-ignore lint/suspicious/noThenProperty: a thenable whose `then` cannot be read is the case
  get then(): never {
    return boom();
  },
};
const chunks = { [Symbol.asyncIterator]: boom };

/** An unhandled rejection fails the whole run, so these need no more than to be let go of. */
const stubborn: [string, unknown][] = [
  ['a PushBody whose cancel throws', { length: 1, start: boom, pause: boom, resume: boom, cancel: boom }],
  ['a PushBody whose cancel rejects', { length: 1, start: boom, pause: boom, resume: boom, cancel: later }],
  ['a ReadBody whose close throws', { length: 1, read: boom, close: boom }],
  ['a ReadBody whose close rejects', { length: 1, read: boom, close: later }],
  ['a stream whose destroy throws', { destroy: boom, ...chunks }],
  ['a stream whose once throws', { destroy: () => undefined, once: boom, ...chunks }],
  ['a stream whose cancel throws', { cancel: boom, ...chunks }],
  ['a stream whose cancel rejects', { cancel: later, ...chunks }],
  ['a stream whose cancel gives what cannot be awaited', { cancel: () => unreadable, ...chunks }],
  ['an iterable that gives no iterator', chunks],
  ['an iterator whose return throws', { [Symbol.asyncIterator]: () => ({ next: boom, return: boom }) }],
  ['an iterator whose return rejects', { [Symbol.asyncIterator]: () => ({ next: boom, return: later }) }],
];

describe('disposeBody()', () => {
  it.each(stubborn)('never throws, now or later: %s', async (_name, body) => {
    expect(() => disposeBody(body as Body, reason)).not.toThrow();
    const response = new HttpResponse();
    response.body = body as Body;
    expect(() => {
      response.body = 'another';
    }).not.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
    expect(response.body).toBe('another');
  });
});

describe('toPushBody() of a ReadBody whose close() throws', () => {
  it('ends all the same', async () => {
    const sink = new RecordingSink();
    toPushBody({ length: 1, read: (into) => into.fill(65, 0, 1).byteLength && 1, close: boom }).start(sink);
    await sink.over;
    expect([sink.text, sink.ends, sink.error]).toEqual(['A', 1, null]);
  });
});
