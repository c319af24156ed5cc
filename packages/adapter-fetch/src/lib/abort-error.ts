/** What `fetch` rejects with when its signal aborts: programs tell it by its name from what went wrong. */
export function abortError(cause: Error): Error {
  // Node takes options too, which the types of the platform do not know.
  const options = { name: 'AbortError', cause } as unknown as string;
  return new DOMException(cause.message, options) as Error;
}
