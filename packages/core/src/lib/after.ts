import type { Handler } from './handler.ts';

/**
 * Calls `next(context)` and runs `then` when it settles: at once if it was synchronous. A failure is given to `then` and
 * then passed on. What `then` throws replaces it.
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
