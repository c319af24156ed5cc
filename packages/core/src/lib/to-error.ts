import { HttpError } from './http-error.ts';

/** Returns a thrown value as an `Error`: JavaScript can throw any value. */
export function toError(thrown: unknown): Error {
  try {
    return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
  } catch {
    return unreadable();
  }
}

/** Returns the thrown value, or an error instead if reading the value throws, as with a revoked proxy. */
export function readable(thrown: unknown): unknown {
  try {
    void (HttpError.is(thrown) || thrown instanceof Error);
    return thrown;
  } catch {
    return unreadable();
  }
}

function unreadable(): Error {
  return new Error('What was thrown cannot be read: it throws in turn');
}
