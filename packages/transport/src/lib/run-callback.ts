import { reportError } from './report-error.ts';

/** Calls a callback without waiting for it, and reports its errors: thrown ones, and rejections if it is `async`. */
export function runCallback<A extends readonly unknown[]>(callback: (...given: A) => unknown, ...given: A): void {
  try {
    whenRejected(callback(...given), reportError);
  } catch (error) {
    reportError(error);
  }
}

/** Handles the rejection of a promise that nobody awaits: without a listener it would end the process. */
export function whenRejected(returned: unknown, failed: (error: unknown) => void): void {
  const promise = returned as PromiseLike<unknown> | null | undefined;
  if (typeof promise?.then === 'function') promise.then(undefined, failed);
}
