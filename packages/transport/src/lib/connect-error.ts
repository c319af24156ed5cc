import type { ConnectAddress } from './connect.ts';
import { TransportError } from './errors.ts';
import { nameAddress } from './listen-address.ts';

/** Converts a system error into a `TransportError`, with a plainer message where we have one. */
export function connectError(address: ConnectAddress, error: NodeJS.ErrnoException): TransportError {
  const { code = '', message } = error;
  const known = reasons[code];
  const why = known === undefined ? message || code : `${known} (${code})`; // an error for both families has no message
  return new TransportError('TRANSPORT_CONNECT_FAILED', `${nameAddress(address)}: ${why}`, error);
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOENT: 'there is no such socket file',
  ENOTSOCK: 'the file is no socket',
  EACCES: 'this user may not connect there',
  ENOTFOUND: 'the name has no address',
  EAI_AGAIN: 'the name could not be looked up',
  ENETUNREACH: 'no way leads there from this machine',
  EHOSTUNREACH: 'no way leads there from this machine',
  ETIMEDOUT: 'no answer came',
  ERR_SOCKET_BAD_PORT: 'a port is a whole number from 0 to 65535',
};
