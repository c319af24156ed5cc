import { TransportError } from './errors.ts';

/** An option of `call` that will not do. */
export function badOption(call: string, what: string): TransportError {
  return new TransportError('TRANSPORT_BAD_OPTION', `${call}: ${what}`);
}
