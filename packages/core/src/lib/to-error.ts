import { HttpError } from './http-error.ts';

/** Returns what was thrown as an error: JavaScript lets anything be thrown. */
export function toError(thrown: unknown): Error {
  try {
    return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
  } catch {
    return unreadable();
  }
}

/** Returns what was thrown, or an error in its place if looking at it throws: a revoked proxy does. */
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
