import type { HttpContext } from '@windhover/core';
import { answerText } from '@windhover/core/engine';
import { serverErrors } from './errors.ts';

/**
 * Refuses a CONNECT that the handler answered like any other request: its client would take a 2xx for a tunnel (RFC 9110 §9.3.6). Returns whether it
 * did. To ask for a tunnel that is not there is the client's fault, not the handler's.
 */
export function refuseConnect(context: HttpContext): boolean {
  const { request, response } = context;
  if (request.method !== 'CONNECT' || response.status < 200 || response.status > 299) return false;
  response.reset();
  answerText(response, 501, serverErrors.SERVER_CONNECT_UNSUPPORTED);
  return true;
}
