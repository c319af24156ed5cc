import { type Body, toPushBody } from '@windhover/core';

/** Reads a body to its end. */
export function readBody(body: Body): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    toPushBody(body).start({
      write: (chunk) => chunks.push(Buffer.from(chunk)) > 0,
      end: () => resolve(Buffer.concat(chunks)),
      fail: reject,
    });
  });
}
