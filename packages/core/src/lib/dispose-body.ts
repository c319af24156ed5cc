import { type Body, isPushBody, isReadBody } from './body.ts';

/** What a stream may offer to be stopped: Node's `destroy`, the `cancel` of a web stream or its reader, an iterator's `return`. */
export interface Stoppable {
  destroy?(reason: Error): unknown;
  once?(event: 'error', listener: () => void): unknown;
  cancel?(reason: Error): Promise<unknown>;
  return?(): Promise<unknown>;
}

/** Lets go of a body that will not be sent: closes the file, cancels the upstream, destroys the stream. */
export function disposeBody(body: Body, reason: Error): void {
  if (body === null || typeof body !== 'object' || body instanceof Uint8Array) return;
  if (isPushBody(body)) body.cancel(reason);
  else if (isReadBody(body)) body.close();
  else if ('destroy' in body || 'cancel' in body) stopStream(body as Stoppable, reason);
  else stopStream({ return: async () => body[Symbol.asyncIterator]().return?.() }, reason); // it may throw instead of giving one
}

export function stopStream(stream: Stoppable, reason: Error): void {
  const ignore = (): void => undefined; // stopping may fail in its own way; the reason is already known
  if (stream.destroy !== undefined) {
    stream.once?.('error', ignore);
    stream.destroy(reason);
  } else {
    const stopped = stream.cancel === undefined ? stream.return?.() : stream.cancel(reason);
    stopped?.catch(ignore);
  }
}
