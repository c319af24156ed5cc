import type { PushBody } from '@windhover/core';

/** How a stream ended: its reader left, or the body failed. */
export type StreamEnd = 'complete' | 'client-closed' | 'handler-failed';

/** A pushed body as a web stream. It starts with the first read, and asks for silence while nobody reads. */
export function toReadableStream(
  body: PushBody,
  onEnd?: (end: StreamEnd, error?: Error) => void,
): ReadableStream<Uint8Array> {
  let isStarted = false;
  const start = (controller: ReadableStreamDefaultController<Uint8Array>): void =>
    body.start({
      write: (chunk, given) => {
        controller.enqueue(given === true ? chunk : new Uint8Array(chunk)); // lent bytes are kept: copy
        return (controller.desiredSize ?? 0) > 0;
      },
      end: () => {
        controller.close();
        onEnd?.('complete');
      },
      fail: (error) => {
        controller.error(error);
        onEnd?.('handler-failed', error);
      },
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
      cancel: (reason: unknown) => {
        const error = toError(reason);
        body.cancel(error);
        onEnd?.('client-closed', error);
      },
    },
    { highWaterMark: 0 },
  );
}

export function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('The stream was cancelled', { cause: reason });
}
