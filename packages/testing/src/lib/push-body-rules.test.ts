import type { BodySink, PushBody } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import type { OpenBody } from './body-rule-tools.ts';
import { openLentBody } from './lent-body.ts';
import { pushBodyRules } from './push-body-rules.ts';
import { ClientBody } from './run-request.ts';

describe('a lent body', () => {
  for (const rule of pushBodyRules) it(rule.name, () => rule.run(openLentBody));
});

describe('the body that a client sends to runHandler()', () => {
  const open: OpenBody = (plan) => {
    const { body, isReleased } = openLentBody(plan);
    return { body: new ClientBody(body), isReleased };
  };
  for (const rule of pushBodyRules) it(rule.name, () => rule.run(open));
});

/** A lent body with one fault. */
function broken(fault: (body: PushBody) => Partial<PushBody>): OpenBody {
  return (plan) => {
    const { body, isReleased } = openLentBody(plan);
    const inner: PushBody = {
      length: body.length,
      start: (sink) => body.start(sink),
      pause: () => body.pause(),
      resume: () => body.resume(),
      cancel: (reason) => body.cancel(reason),
    };
    return { body: Object.assign(inner, fault(body)), isReleased };
  };
}

const withSink =
  (wrap: (sink: BodySink) => Partial<BodySink>) =>
  (body: PushBody): Partial<PushBody> => ({
    start: (sink) => {
      const inner: BodySink = {
        write: (chunk, given) => sink.write(chunk, given),
        end: (trailers) => sink.end(trailers),
        fail: (error) => sink.fail(error),
      };
      body.start(Object.assign(inner, wrap(sink)));
    },
  });

describe('pushBodyRules', () => {
  it.each<[string, OpenBody, string]>([
    ['never ends', broken(withSink(() => ({ end: () => undefined }))), 'gives every byte'],
    ['ends twice', broken(withSink((sink) => ({ end: () => [sink.end(), sink.end()] }))), 'gives every byte'],
    ['announces too much', broken(() => ({ length: 1 })), 'announces'],
    ['pushes while it is paused', broken(() => ({ pause: () => undefined })), 'paused before start()'],
    ['does not ask its sink', broken(withSink((sink) => ({ write: (c) => sink.write(c) || true }))), 'returned false'],
    ['keeps what it was lent', broken(keepChunks), 'gives every byte'],
    [
      'does not cancel',
      broken(() => ({ cancel: () => undefined })),
      'lets go of what is behind it when it is cancelled',
    ],
    ['ends where it should fail', broken(withSink((sink) => ({ fail: () => sink.end() }))), 'fails once'],
    ['fails twice', broken(withSink((sink) => ({ fail: (e) => [sink.fail(e), sink.fail(e)] }))), 'fails once'],
  ])('find a body that %s', async (_name, open, name) => {
    const rule = pushBodyRules.find((candidate) => candidate.name.includes(name));
    await expect(rule?.run(open)).rejects.toThrow();
  });
});

/** Passes on each chunk only when the next one arrives. */
function keepChunks(body: PushBody): Partial<PushBody> {
  let last: Uint8Array | null = null;
  return withSink((sink) => ({
    write: (chunk) => {
      if (last !== null) sink.write(last);
      last = chunk;
      return true;
    },
    end: () => {
      if (last !== null) sink.write(last);
      sink.end();
    },
  }))(body);
}
