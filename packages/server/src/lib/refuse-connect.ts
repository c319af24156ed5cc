import type { HttpContext } from '@windhover/core';
import { answerText } from '@windhover/core/engine';
import { serverErrors } from './errors.ts';

/**
 * Refuses a CONNECT that the handler answered with 2xx like any other request: the client would take the 2xx for a
 * tunnel (RFC 9110 §9.3.6). Returns whether it refused. The error is the client's, not the handler's, because the
 * client asked for a tunnel that does not exist.
 */
export function refuseConnect(context: HttpContext): boolean {
  const { request, response } = context;
  if (request.method !== 'CONNECT' || response.status < 200 || response.status > 299) return false;
  response.reset();
  answerText(response, 501, serverErrors.SERVER_CONNECT_UNSUPPORTED);
  return true;
}
