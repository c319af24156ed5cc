/** IANA's registry of methods, where it says idempotent, without TRACE and the rare ones of versioning. */
const idempotent: ReadonlySet<string> = new Set(
  'GET HEAD OPTIONS PUT DELETE QUERY PROPFIND PROPPATCH MKCOL COPY MOVE UNLOCK REPORT SEARCH ACL'.split(' '),
);

/** Whether a request may be sent twice without an effect that once would not have had (RFC 9110 §9.2.2). */
export function isIdempotent(method: string): boolean {
  return idempotent.has(method);
}
