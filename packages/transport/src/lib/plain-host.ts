import { kindOf, showValue } from './describe-value.ts';
import { TransportError } from './errors.ts';

/** A host as Node takes it: `[::1]`, as a URL writes it, without its brackets. Throws `TRANSPORT_ADDRESS_INVALID` for what is none. */
export function plainHost(host: unknown): string {
  if (typeof host !== 'string') throw refuse(`an IP address or a name was expected, got ${kindOf(host)}`);
  if (host === '') throw refuse("'' would be every address: leave host out for that, or name one");
  const got = `got ${showValue(host)}`;
  if (host.includes('://'))
    throw refuse(`a host without scheme was expected, as in { host: 'localhost', port: 80 }, ${got}`);
  if (/^([^:]+|\[.*\]):\d+$/.test(host))
    throw refuse(`the port has its own name, as in { host: 'localhost', port: 80 }, ${got}`);
  const plain = /^\[(.*:.*)\]$/.exec(host)?.[1] ?? host;
  if (/[\s/[\]\0]/.test(plain)) throw refuse(`an IP address or a name was expected, ${got}`);
  return plain;
}

function refuse(what: string): TransportError {
  return new TransportError('TRANSPORT_ADDRESS_INVALID', `host: ${what}`);
}
