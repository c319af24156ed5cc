/** The methods that IANA's registry lists as idempotent, without TRACE and the rare ones of versioning. */
const idempotent: ReadonlySet<string> = new Set(
  'GET HEAD OPTIONS PUT DELETE QUERY PROPFIND PROPPATCH MKCOL COPY MOVE UNLOCK REPORT SEARCH ACL'.split(' '),
);

/** Whether sending a request twice has the same effect as sending it once (RFC 9110 §9.2.2). */
export function isIdempotent(method: string): boolean {
  return idempotent.has(method);
}
