const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND', 'REPORT', 'SEARCH']);
const idempotentMethods = new Set(['PUT', 'DELETE', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'UNLOCK', 'ACL']);

/** Tells whether a method only reads (RFC 9110 §9.2.1, IANA registry); case matters, an unknown method is not safe. */
export function isSafeMethod(method: string): boolean {
  return safeMethods.has(method);
}

/** Tells whether repeating a request changes nothing more (RFC 9110 §9.2.2), so that it may be retried. */
export function isIdempotentMethod(method: string): boolean {
  return safeMethods.has(method) || idempotentMethods.has(method);
}
