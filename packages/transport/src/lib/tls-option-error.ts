import { TransportError } from './errors.ts';

/** The error for an invalid option of `createTls`. */
export function tlsOptionError(what: string, cause?: unknown): TransportError {
  return new TransportError('TRANSPORT_TLS_BAD_OPTION', what, cause);
}
