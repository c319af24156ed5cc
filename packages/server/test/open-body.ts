import type { PushBody } from '@windhover/core';

/** A body that gives `text` and then nothing more until the test says so. */
export function openBody(
  text: string,
  length: number | null = null,
): PushBody & { cancelled: Error[]; end(): void; fail(error: Error): void } {
  let sink: Parameters<PushBody['start']>[0];
  const cancelled: Error[] = [];
  return {
    length,
    cancelled,
    start: (to) => {
      sink = to;
      sink.write(Buffer.from(text));
    },
    pause: () => undefined,
    resume: () => undefined,
    cancel: (reason) => void cancelled.push(reason),
    end: () => sink.end(),
    fail: (error) => sink.fail(error),
  };
}
