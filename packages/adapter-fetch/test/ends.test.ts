import type { HttpContext, Middleware, Outcome } from '@windhover/core';
import { expect, it, onTestFinished } from 'vitest';
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
