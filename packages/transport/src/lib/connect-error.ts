import type { ConnectAddress } from './connect-address.ts';
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
  ECONNREFUSED: 'nothing listens there',
  ENOENT: 'there is no such socket file',
  ENOTSOCK: 'the file is not a socket',
  EACCES: 'this user may not connect there',
  ENOTFOUND: 'the name has no address',
  EAI_AGAIN: 'the name could not be looked up',
  ENETUNREACH: 'there is no route to it from this machine',
  EHOSTUNREACH: 'there is no route to it from this machine',
  ETIMEDOUT: 'it did not answer',
  ERR_SOCKET_BAD_PORT: 'a port is a whole number from 0 to 65535',
};
