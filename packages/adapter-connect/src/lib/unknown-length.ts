import type { PushBody } from '@windhover/core';

/** Stands for the body of a HEAD whose application announced no length. */
export const unknownLength: PushBody = {
  length: null,
  start: (sink) => sink.end(),
  pause: () => undefined,
  resume: () => undefined,
  cancel: () => undefined,
};
