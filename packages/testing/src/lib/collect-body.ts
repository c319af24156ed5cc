import { type Body, toPushBody } from '@windhover/core';

/** Reads a body of any kind to its end. Rejects with the body's own error. */
export function collectBody(body: Body): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  return new Promise((resolve, reject) => {
    toPushBody(body).start({
      write: (chunk) => chunks.push(new Uint8Array(chunk)) > 0,
      end: () => resolve(joinChunks(chunks)),
      fail: reject,
    });
  });
}

export function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
