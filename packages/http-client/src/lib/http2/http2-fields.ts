import type { ClientRequest } from '../client-types.ts';
import { JudgedFields } from '../judged-fields.ts';
import { saysEmpty } from '../write-head.ts';

const reserved = /^(?:host|content-length|transfer-encoding|connection|keep-alive|proxy-connection|upgrade|te)$/;

/** The fields of a request for HTTP/2: flat triples with names in lower case. Throws for one that only the client may set. */
export function http2Fields(request: ClientRequest, contentLength: number | null): string[] {
  const { fields, upgrade } = request;
  const list = fields instanceof JudgedFields ? fromLines(fields.text) : judged(fields ?? []);
  if (upgrade !== undefined) {
    if (contentLength !== 0) throw new Error('an upgrade over HTTP/2 has no body');
    return list;
  }
  if (contentLength !== null && (contentLength > 0 || saysEmpty(request.method)))
    list.push('content-length', String(contentLength), 'Content-Length');
  if (request.expectContinue === true && contentLength !== 0) list.push('expect', '100-continue', 'Expect');
  // gRPC demands it of clients, and HTTP/2 has no other way to say that trailers are welcome.
  list.push('te', 'trailers', 'TE');
  return list;
}

/** A copy of triples that nobody has judged. */
function judged(fields: readonly string[]): string[] {
  for (let index = 0; index < fields.length; index += 3)
    if (reserved.test(fields[index]!)) throw new Error(`${fields[index]!} cannot be set`);
  return [...fields];
}

function fromLines(text: string): string[] {
  const list: string[] = [];
  for (let at = 0; at < text.length; ) {
    const lineEnd = text.indexOf('\r\n', at);
    const end = lineEnd < 0 ? text.length : lineEnd;
    const colon = text.indexOf(':', at);
    if (colon > at && colon < end) {
      const name = text.slice(at, colon);
      list.push(name.toLowerCase(), withoutBlanks(text, colon + 1, end), name);
    }
    at = end + 2;
  }
  return list;
}

function withoutBlanks(text: string, start: number, end: number): string {
  let first = start;
  let last = end;
  while (first < last && isBlank(text.charCodeAt(first))) first += 1;
  while (last > first && isBlank(text.charCodeAt(last - 1))) last -= 1;
  return text.slice(first, last);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
