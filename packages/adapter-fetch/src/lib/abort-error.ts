/** The error that `fetch` rejects with when its signal aborts. Programs recognize it by its name. */
export function abortError(cause: Error): Error {
  // Node also accepts options here, which the platform's types do not include.
  const options = { name: 'AbortError', cause } as unknown as string;
  return new DOMException(cause.message, options) as Error;
}
