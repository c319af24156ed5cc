import { reportError } from './report-error.ts';

/** Calls back somebody who is not waited for: what they throw is reported, and what they reject with if they are `async`. */
export function runCallback<A extends readonly unknown[]>(callback: (...given: A) => unknown, ...given: A): void {
  try {
    whenRejected(callback(...given), reportError);
  } catch (error) {
    reportError(error);
  }
}

/** Nobody awaits what a callback returns, and a rejection without a listener ends the process. */
export function whenRejected(returned: unknown, failed: (error: unknown) => void): void {
  const promise = returned as PromiseLike<unknown> | null | undefined;
  if (typeof promise?.then === 'function') promise.then(undefined, failed);
}
