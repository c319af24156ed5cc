import { serializeRequestHead } from '@windhover/http-parser';
import type { ClientRequest } from './client-types.ts';

/**
 * The head of a request as it goes onto the wire. Throws when it cannot be written.
 *
 * @param length of the body; `null`: its end will tell
 */
export function writeHead(request: ClientRequest, length: number | null, originHost: string): string {
  const { method, target, host = originHost, fields = [], upgrade } = request;
  const framing = length === null ? 'chunked' : length > 0 || saysEmpty(method) ? { contentLength: length } : 'none';
  const init = { method, target, host, fields, framing } as const;
  return serializeRequestHead(upgrade === undefined ? init : { ...init, connection: { upgrade } });
}

/** RFC 9110 §8.6: a method that usually has a body says so when it has none. */
function saysEmpty(method: string): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH';
}
