import type { Body } from '@windhover/core';

/** Stands for the body of a HEAD whose application announced no length. */
export const unknownLength: Body = {
  async *[Symbol.asyncIterator]() {
    // never sent: stands for the body of the GET response
  },
};
