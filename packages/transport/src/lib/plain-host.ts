import { expectedFound, kindOf } from '@windhover/options';
import { TransportError } from './errors.ts';

/**
 * Returns a host in Node's form: `[::1]`, as in a URL, loses its brackets. Throws `TRANSPORT_ADDRESS_INVALID` for an
 * invalid host.
 */
export function plainHost(host: unknown): string {
  if (typeof host !== 'string') throw refuse(expectedFound('an IP address or a name', host, { show: kindOf }));
  if (host === '') throw refuse("'' would be every address: leave host out for that, or name one");
  if (host.includes('://'))
    throw refuse(expectedFound("a host without scheme, as in { host: 'localhost', port: 80 }", host));
  if (/^([^:]+|\[.*\]):\d+$/.test(host))
    throw refuse(expectedFound("a host without port, as in { host: 'localhost', port: 80 }", host));
  const plain = /^\[(.*:.*)\]$/.exec(host)?.[1] ?? host;
  if (/[\s/[\]\0]/.test(plain)) throw refuse(expectedFound('an IP address or a name', host));
  return plain;
}

function refuse(what: string): TransportError {
  return new TransportError('TRANSPORT_ADDRESS_INVALID', `host: ${what}`);
}
