import type { HttpContext } from '@windhover/core';
import { checkedCompose, createManualClock, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { requestTimeout } from './request-timeout.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A request to an application that answers with this body when the test says so. */
function ask(timeoutMs: number | null, totalMs: number | null = null) {
  const clock = createManualClock();
  let answer = (_body: string | AsyncIterable<string>): void => undefined;
  let seen: HttpContext | null = null;
  const layer = requestTimeout(timeoutMs, { totalMs, clock });
  const result = runHandler(
    checkedCompose([layer], async (context) => {
      seen = context;
      void context.signal;
      context.response.body = await new Promise<string | AsyncIterable<string>>((resolve) => {
        answer = resolve;
      });
    }),
  );
  return { clock, result, answer: (body: Parameters<typeof answer>[0]) => answer(body), context: () => seen! };
}

describe('requestTimeout()', () => {
  it('answers 504 when the answer does not begin in time, and tells the handler', async () => {
    const { clock, result, answer, context } = ask(10_000);
    await settle();
    clock.advance(9999);
    expect(context().signal.aborted).toBe(false);
    clock.advance(1);
    expect(context().signal.reason).toMatchObject({ code: 'REQUEST_LIMITS_TIMEOUT', status: 504 });
    answer('too late');
    const { status, outcome } = await result;
    expect([status, outcome.status]).toEqual([504, 504]);
  });

  it('leaves an answer alone that has begun', async () => {
    const { clock, result, answer } = ask(10_000);
    await settle();
    answer(
      (async function* () {
        yield 'a ';
        clock.advance(60_000);
        yield 'long one';
      })(),
    );
    expect((await result).text()).toBe('a long one');
  });

  it('cuts an answer off that is not complete in time, where a total is given', async () => {
    const { clock, result, answer } = ask(null, 10_000);
    await settle();
    answer(
      (async function* () {
        yield 'a ';
        clock.advance(10_000);
        yield 'long one';
      })(),
    );
    const { status, outcome, error } = await result;
    expect([status, outcome.end === 'complete']).toEqual([200, false]);
    expect(error).toMatchObject({ code: 'REQUEST_LIMITS_TIMEOUT' });
  });

  it('does not cut off what was upgraded', async () => {
    const clock = createManualClock();
    let isAborted = false;
    const layer = requestTimeout(null, { totalMs: 1000, clock });
    const result = await runHandler(
      checkedCompose([layer], (context) => {
        context.onAbort(() => {
          isAborted = true;
        });
        context.response.upgrade = () => undefined;
      }),
      { upgrade: 'websocket', headers: { Connection: 'Upgrade', Upgrade: 'websocket' } },
    );
    clock.advance(2000);
    expect([result.status, isAborted]).toEqual([101, false]);
  });

  it('keeps nothing of requests that have ended, and has one timer', async () => {
    const clock = createManualClock();
    const layer = requestTimeout(1000, { clock });
    for (let index = 0; index < 5; index++)
      await runHandler(checkedCompose([layer], ({ response }) => void (response.body = 'hello')));
    expect(clock.pending).toBe(1);
    clock.advance(1000);
    expect(clock.pending).toBe(0);
  });

  it.each([
    [0, {}],
    [-1, {}],
    ['30s', {}],
    [1000, { totalMs: 0 }],
    [1000, { total: 1 }],
  ])('refuses %o with %o', (timeoutMs, options) => {
    expect(() => requestTimeout(timeoutMs as never, options as never)).toThrow(
      expect.objectContaining({ code: 'REQUEST_LIMITS_OPTION_INVALID' }),
    );
  });
});
