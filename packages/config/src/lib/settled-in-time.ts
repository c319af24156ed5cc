import type { Clock } from '@windhover/core/feature';

/** How long code that a configuration names may take to load, in milliseconds: plenty to read files, and not to ask a slow network. */
export const loadingMs = 30_000;

/** The work did not settle in time, or it never can because nothing is left that it could wait for. */
export class NotSettledError extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'NotSettledError';
  }
}

/**
 * Waits for work of a plugin or a module. Rejects with a `NotSettledError` after `loadingMs`, or as soon as the process has nothing else
 * to do, since Node would then end without a word.
 */
export function settledInTime<T>(work: T | PromiseLike<T>, clock: Clock): Promise<T> {
  if (!isPromise(work)) return Promise.resolve(work);
  return new Promise((resolve, reject) => {
    const nothingLeft = (): void => fail('it waits for something that never comes');
    const cancel = clock.schedule(loadingMs, () => fail(`it was not done after ${loadingMs / 1000}s`));
    process.once('beforeExit', nothingLeft);
    const end = (): void => {
      cancel();
      process.off('beforeExit', nothingLeft);
    };
    const fail = (detail: string): void => {
      end();
      reject(new NotSettledError(detail));
    };
    work.then(
      (value) => {
        end();
        resolve(value);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );
  });
}

function isPromise<T>(work: T | PromiseLike<T>): work is PromiseLike<T> {
  return typeof (work as PromiseLike<T> | null)?.then === 'function';
}
