import { TransportError } from '../errors.ts';

/** Something is wrong with a PROXY header. */
export function proxyHeaderError(detail: string): TransportError {
  return new TransportError('TRANSPORT_PROXY_INVALID', detail);
}
