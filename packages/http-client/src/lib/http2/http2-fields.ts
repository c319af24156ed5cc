import type { ClientRequest } from '../client-types.ts';
import { JudgedFields } from '../judged-fields.ts';
import { saysEmpty } from '../write-head.ts';

const reserved = /^(?:host|content-length|transfer-encoding|connection|te)$/;

/** The fields of a request for HTTP/2: flat triples with names in lower case. Throws for one that only the client may set. */
export function http2Fields(request: ClientRequest, contentLength: number | null): string[] {
  const { fields, upgrade } = request;
  const list = fields instanceof JudgedFields ? fromLines(fields.text) : [...(fields ?? [])];
  for (let index = 0; index < list.length; index += 3)
    if (reserved.test(list[index]!)) throw new Error(`${list[index]!} cannot be set`);
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

function fromLines(text: string): string[] {
  const list: string[] = [];
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon);
    list.push(name.toLowerCase(), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, ''), name);
  }
  return list;
}
