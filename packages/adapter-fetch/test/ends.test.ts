import type { BodySink, HttpContext, Middleware, Outcome } from '@windhover/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toFetch, useFastResponse } from '../src/index.ts';

/** What `onSent` tells of an answer whose body is this. */
async function outcomeOf(
  body: ReadableStream<Uint8Array>,
  read: (answer: Response) => Promise<unknown>,
): Promise<Outcome> {
  const told: Outcome[] = [];
  const watch: Middleware<HttpContext> = (context, next) => {
    context.onSent((outcome) => told.push(outcome));
    return next(context);
  };
  const answer = await toFetch(watch)(new Request('http://localhost/'), () => new Response(body));
  await read(answer).catch(() => undefined);
  return told[0]!;
}

const stream = (after: (controller: ReadableStreamDefaultController<Uint8Array>) => void): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(3));
      after(controller);
    },
  });

it('tells a body that failed from a reader that left', async () => {
  const failing = stream((controller) => setImmediate(() => controller.error(new Error('broken'))));
  expect(await outcomeOf(failing, (answer) => answer.text())).toMatchObject({ end: 'handler-failed' });
  const endless = stream(() => undefined);
  expect(await outcomeOf(endless, (answer) => answer.body!.cancel(new Error('enough')))).toMatchObject({
    end: 'client-closed',
  });
  const whole = stream((controller) => controller.close());
  expect(await outcomeOf(whole, (answer) => answer.text())).toMatchObject({ end: 'complete', bytesSent: 3 });
});

it('refuses a stream that was read before, as a real Response does', async () => {
  onTestFinished(useFastResponse());
  const body = stream((controller) => controller.close());
  await body.getReader().read();
  expect(() => new Response(body)).toThrow(TypeError);
  const unlocked = stream((controller) => controller.close());
  const reader = unlocked.getReader();
  await reader.read();
  reader.releaseLock();
  expect(() => new Response(unlocked)).toThrow(TypeError);
});

it('puts the global back', () => {
  const before = globalThis.Response;
  const undo = useFastResponse();
  expect(globalThis.Response).not.toBe(before);
  expect(new Response('a')).toBeInstanceOf(Response);
  undo();
  expect(globalThis.Response).toBe(before);
});

describe('toFetch(): an answer whose body is not as long as it says', () => {
  const answerWith = (body: unknown, declaredLength: unknown = null): Promise<Response> =>
    toFetch(({ response }) => void Object.assign(response, { status: 200, body, declaredLength }))(
      new Request('http://localhost/'),
      () => new Response(),
    );

  const pushing = (length: unknown, text: string): { body: unknown; cancelled(): boolean } => {
    let isCancelled = false;
    const start = (sink: BodySink): void => {
      for (const letter of text) sink.write(new TextEncoder().encode(letter));
      sink.end();
    };
    const cancel = (): void => {
      isCancelled = true;
    };
    const body = { length, start, pause: () => undefined, resume: () => undefined, cancel };
    return { body, cancelled: () => isCancelled };
  };

  it.each([undefined, Number.NaN, -1, 1.5, '5'])(
    'rejects a body whose length is %s, and lets go of it',
    async (length) => {
      const { body, cancelled } = pushing(length, 'hello');
      await expect(answerWith(body)).rejects.toMatchObject({ code: 'CORE_BODY_LENGTH_INVALID' });
      expect(cancelled()).toBe(true);
    },
  );

  it.each([
    ['text', Number.NaN],
    ['text', 3],
    [pushing(4, 'text').body, 5],
    [pushing(null, 'text').body, '4'],
  ])('rejects %s that is declared to have %s bytes', async (body, declaredLength) => {
    await expect(answerWith(body, declaredLength)).rejects.toMatchObject({ code: 'FETCH_RESPONSE_INVALID' });
  });

  it.each([
    ['hel', 5],
    ['hello!!', 5],
  ])('fails while %s is read where %d bytes were announced', async (text, length) => {
    const answer = await answerWith(pushing(length, text).body);
    expect(answer.headers.get('content-length')).toBe(String(length));
    await expect(answer.text()).rejects.toMatchObject({ code: 'FETCH_RESPONSE_INVALID' });
  });
});
