import { type Body, isPushBody, isReadBody } from './body.ts';

/**
 * The methods that can stop a stream: Node's `destroy`, the `cancel` of a web stream or its reader, an iterator's
 * `return`.
 */
export interface Stoppable {
  destroy?(reason: Error): unknown;
  once?(event: 'error', listener: () => void): unknown;
  cancel?(reason: Error): Promise<unknown>;
  return?(): Promise<unknown>;
}

/**
 * Disposes of a body that will not be sent: closes the file, cancels the upstream, destroys the stream. A failure to
 * stop it is ignored, whether it is thrown or a promise rejects later: the body is no longer needed.
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

/** Calls `stop` and ignores its failure, whether it throws or its promise rejects later. */
export function quietly(stop: () => unknown): void {
  try {
    const pending = stop();
    if (pending !== undefined) Promise.resolve(pending).catch(ignore);
  } catch {
    // ignored, see above
  }
}

function ignore(): void {
  // the error of a body that is no longer needed
}
