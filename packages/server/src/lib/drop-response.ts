import type { HttpContext, Logger } from '@windhover/core';
import { toError } from './to-error.ts';

/** Lets go of an answer that will not be sent. Closing its body may run code of the handler's, which may fail. */
export function dropResponse({ request, response }: HttpContext, log: Logger): void {
  try {
    response.reset();
  } catch (error) {
    log.error('The body of an answer could not be closed', { path: request.path, error: toError(error) });
  }
}
