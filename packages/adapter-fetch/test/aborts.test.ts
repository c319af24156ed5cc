import { type HttpContext, HttpError, type Middleware, type Outcome } from '@windhover/core';
import { describe, expect, it, vi } from 'vitest';
import { fromFetch, toFetch } from '../src/index.ts';
import { serve } from './fixtures.ts';

const late = new HttpError(504, 'TEST_DEADLINE', 'Too late', { expose: true });
const get = (path = '/'): Request => new Request(`http://example.com${path}`);

/** Gives up on the host at once, and keeps what it hears. */
function impatient(reason: Error): { readonly middleware: Middleware<HttpContext>; readonly outcomes: Outcome[] } {
  const outcomes: Outcome[] = [];
  const middleware: Middleware<HttpContext> = (context, next) => {
    context.onSent((outcome) => outcomes.push(outcome));
    queueMicrotask(() => context.abort(reason));
    return next(context);
  };
  return { middleware, outcomes };
}

vi.spyOn(console, 'error').mockImplementation(() => undefined); // the log of this kind of host

describe('context.abort() in toFetch()', () => {
  it('answers before the host does, whose answer is let go of later', async () => {
    const { middleware, outcomes } = impatient(late);
    let isCancelled = false;
    let answerNow: (response: Response) => void = () => undefined;
    const host = new Promise<Response>((resolve) => {
      answerNow = resolve;
    });
    const answer = await toFetch(middleware)(get(), () => host);
    expect([answer.status, await answer.text()]).toEqual([504, 'Too late\n']);
    answerNow(new Response(new ReadableStream({ cancel: () => void (isCancelled = true) })));
    await expect.poll(() => isCancelled).toBe(true);
    expect(outcomes).toMatchObject([{ status: 504, end: 'complete', error: late }]);
  });

  it('gives a reason without a status to the host, as any other error', async () => {
    const reason = new Error('secret');
    const { middleware, outcomes } = impatient(reason);
    await expect(toFetch(middleware)(get(), () => new Promise<Response>(() => undefined))).rejects.toBe(reason);
    expect(outcomes).toMatchObject([{ status: 0, end: 'handler-failed', error: reason }]);
  });

  it('cuts a stream after the head', async () => {
    let seen: HttpContext | null = null;
    const watch: Middleware<HttpContext> = (context, next) => {
      seen = context;
      context.onSent(() => undefined);
      return next(context);
    };
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(3)) });
    const reader = (await toFetch(watch)(get(), () => new Response(body))).body!.getReader();
    expect((await reader.read()).value).toHaveLength(3);
    seen!.abort(late);
    await expect(reader.read()).rejects.toBe(late);
    expect(seen!.signal.aborted).toBe(true);
  });
});

it('context.abort() answers for a fetch-style app that never does', async () => {
  const app = fromFetch(() => new Promise<Response>(() => undefined));
  const url = await serve((context) => {
    queueMicrotask(() => context.abort(late));
    return app(context);
  });
  const answer = await fetch(url);
  expect([answer.status, await answer.text()]).toEqual([504, 'Too late\n']);
});

it('context.fork() runs what stands behind the middleware once more', async () => {
  const runs: string[] = [];
  const middleware: Middleware<HttpContext> = async (context, next) => {
    const fork = await context.fork(next);
    context.response.status = fork.response.status;
    context.response.body = fork.response.takeBody();
  };
  const answer = await toFetch(middleware)(get(), () => {
    runs.push('host');
    return new Response('hello', { status: 201 });
  });
  expect([answer.status, await answer.text(), runs]).toEqual([201, 'hello', ['host']]);
});
