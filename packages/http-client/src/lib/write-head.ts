import { serializeRequestHead } from '@windhover/http-parser';
import type { ClientRequest } from './client-types.ts';

/**
 * Formats the head of a request. Throws if it is invalid.
 *
 * @param length of the body; `null` if unknown
 */
export function writeHead(request: ClientRequest, length: number | null, originHost: string): string {
  const { method, target, host = originHost, fields = [], upgrade } = request;
  const framing = length === null ? 'chunked' : length > 0 || saysEmpty(method) ? { contentLength: length } : 'none';
  const init = { method, target, host, fields, framing } as const;
  return serializeRequestHead(upgrade === undefined ? init : { ...init, connection: { upgrade } });
}

/** RFC 9110 §8.6: methods that usually have a body announce an empty one with `Content-Length: 0`. */
function saysEmpty(method: string): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH';
}
