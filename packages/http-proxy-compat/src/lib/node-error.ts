import { ClientError } from '@windhover/http-client';
import { HttpProxyError } from './errors.ts';

/** Returns the error of a failed call in the form that handlers of `error` know from Node: with its codes. */
export function nodeError(error: unknown): Error {
  if (!ClientError.is(error)) return error as Error;
  const system = systemErrorOf(error);
  if (system !== null) return system;
  if (error.code === 'CLIENT_BAD_RESPONSE') return new HttpProxyError('HPE_INVALID_CONSTANT', error.message, error);
  if (error.code === 'CLIENT_CONNECT_TIMEOUT') return new HttpProxyError('ETIMEDOUT', error.message, error);
  if (error.code === 'CLIENT_REQUEST_INVALID') return new HttpProxyError('ERR_INVALID_CHAR', error.message, error);
  const isHungUp = error.code === 'CLIENT_CLOSED_EARLY' || error.code === 'CLIENT_HEAD_TIMEOUT';
  return new HttpProxyError('ECONNRESET', isHungUp ? 'socket hang up' : error.message, error);
}

/** The error of the system or of OpenSSL behind it: ECONNREFUSED, DEPTH_ZERO_SELF_SIGNED_CERT … */
function systemErrorOf(error: Error): Error | null {
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (typeof code === 'string' && !/^(?:TRANSPORT|CLIENT|CORE|HTTP1)_/.test(code)) return cause;
    const [first] = (cause as AggregateError).errors ?? []; // a host with addresses of both families
    if (first instanceof Error) return first;
  }
  return null;
}
