import type { Handler } from './handler.ts';

/**
 * Calls `next(context)`, then runs `then`: immediately if `next` was synchronous, otherwise once its promise has
 * settled. If `next` fails, `then` gets the error and the error is rethrown. An error thrown by `then` replaces it.
 */
export function after<C>(next: Handler<C>, context: C, then: (error?: unknown) => void): void | Promise<void> {
  let pending: void | Promise<void>;
  try {
    pending = next(context);
  } catch (error) {
    then(error);
    throw error;
  }
  if (pending === undefined) then();
  else
    return pending.then(
      () => then(),
      (error) => {
        then(error);
        throw error;
      },
    );
}
