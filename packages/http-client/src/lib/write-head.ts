import { serializeRequestHead } from '@windhover/http-parser';
import type { ClientRequest } from './client-types.ts';
import { JudgedFields } from './judged-fields.ts';

const noFields: readonly string[] = [];
const expectation = 'Expect: 100-continue\r\n';

/**
 * Formats the head of a request. Throws if it is invalid.
 *
 * @param length of the body; `null` if unknown
 */
export function writeHead(request: ClientRequest, length: number | null, originHost: string): string {
  const { method, fields, upgrade } = request;
  const isJudged = fields instanceof JudgedFields;
  return serializeRequestHead({
    method,
    target: request.target,
    host: request.host ?? originHost,
    fields: isJudged || fields === undefined ? noFields : fields,
    judgedLines: `${isJudged ? fields.text : ''}${request.expectContinue === true && length !== 0 ? expectation : ''}`,
    framing: length === null ? 'chunked' : length > 0 || saysEmpty(method) ? { contentLength: length } : 'none',
    connection: upgrade === undefined ? undefined : { upgrade },
  });
}

/** RFC 9110 §8.6: methods that usually have a body announce an empty one with `Content-Length: 0`. */
export function saysEmpty(method: string): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH';
}
