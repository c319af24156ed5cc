import { TransportError } from './errors.ts';

/** The error for an invalid option of `call`. */
export function badOption(call: string, what: string): TransportError {
  return new TransportError('TRANSPORT_BAD_OPTION', `${call}: ${what}`);
}
