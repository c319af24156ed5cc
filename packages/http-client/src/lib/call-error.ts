import { ClientError, type ClientErrorCode, clientErrors } from './errors.ts';

/**
 * Makes the error of a call that has reached its upstream. What the upstream did wrong is told with its address, `key`,
 * because logs have the lines of many.
 */
export function callError(code: ClientErrorCode, detail: string, key: string, cause?: unknown): ClientError {
  const isUpstreams = clientErrors[code].stage.startsWith('response');
  return new ClientError(code, isUpstreams && !detail.includes(key) ? `${key}: ${detail}` : detail, cause);
}
