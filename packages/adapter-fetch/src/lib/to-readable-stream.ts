import type { PushBody } from '@windhover/core';

/** Converts a push body to a web stream. The body starts with the first read and is paused while nobody reads. */
export function toReadableStream(body: PushBody): ReadableStream<Uint8Array> {
  let isStarted = false;
  const start = (controller: ReadableStreamDefaultController<Uint8Array>): void =>
    body.start({
      write: (chunk, given) => {
        controller.enqueue(given === true ? chunk : new Uint8Array(chunk)); // copy: the bytes are only lent, and the stream keeps them
        return (controller.desiredSize ?? 0) > 0;
      },
      end: () => controller.close(),
      fail: (error) => controller.error(error),
    });
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        if (isStarted) body.resume();
        else {
          isStarted = true;
          start(controller);
        }
      },
      cancel: (reason: unknown) => body.cancel(toError(reason)),
    },
    { highWaterMark: 0 },
  );
}

export function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('The stream was cancelled', { cause: reason });
}
