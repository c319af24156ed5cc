import { TransportError } from './errors.ts';

/** An option of `createTls` that will not do. */
export function tlsOptionError(what: string, cause?: unknown): TransportError {
  return new TransportError('TRANSPORT_TLS_BAD_OPTION', what, cause);
}
