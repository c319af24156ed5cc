const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND', 'REPORT', 'SEARCH']);
const idempotentMethods = new Set(['PUT', 'DELETE', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'UNLOCK', 'ACL']);

/**
 * Whether a method is safe, that is, only reads (RFC 9110 §9.2.1, IANA registry). Case matters; an unknown method is
 * not safe.
 */
export function isSafeMethod(method: string): boolean {
  return safeMethods.has(method);
}

/** Whether a request may be repeated without further effect (RFC 9110 §9.2.2), and so be retried. */
export function isIdempotentMethod(method: string): boolean {
  return safeMethods.has(method) || idempotentMethods.has(method);
}
