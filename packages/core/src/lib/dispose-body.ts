import { type Body, isPushBody, isReadBody } from './body.ts';

/** What a stream may offer to be stopped: Node's `destroy`, the `cancel` of a web stream or its reader, an iterator's `return`. */
export interface Stoppable {
  destroy?(reason: Error): unknown;
  once?(event: 'error', listener: () => void): unknown;
  cancel?(reason: Error): Promise<unknown>;
  return?(): Promise<unknown>;
}

/**
 * Lets go of a body that will not be sent: closes the file, cancels the upstream, destroys the stream. Never throws, and a promise that
 * is rejected later is caught: the body is not wanted any more, so nobody needs to hear that it could not be stopped.
 */
export function disposeBody(body: Body, reason: Error): void {
  if (body === null || typeof body !== 'object' || body instanceof Uint8Array) return;
  if (isPushBody(body)) quietly(() => body.cancel(reason));
  else if (isReadBody(body)) quietly(() => body.close());
  else if ('destroy' in body || 'cancel' in body) stopStream(body as Stoppable, reason);
  else quietly(() => body[Symbol.asyncIterator]().return?.());
}

export function stopStream(stream: Stoppable, reason: Error): void {
  quietly(() => {
    if (stream.destroy === undefined) return stream.cancel === undefined ? stream.return?.() : stream.cancel(reason);
    stream.once?.('error', ignore);
    return stream.destroy(reason);
  });
}

/** Runs what stops something, and ignores its failure, now or later. */
export function quietly(stop: () => unknown): void {
  try {
    const pending = stop();
    if (pending !== undefined) Promise.resolve(pending).catch(ignore);
  } catch {
    // whatever it is that `stop` throws
  }
}

function ignore(): void {
  // of a body that is not wanted
}
