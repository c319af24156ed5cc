import { TransportError, type TransportErrorCode } from './errors.ts';
import { type ListenAddress, nameAddress } from './listen-address.ts';

/** Converts a system error into a `TransportError` that says what to do. */
export function listenError(address: ListenAddress, error: NodeJS.ErrnoException): TransportError {
  if ('fd' in address) {
    const advice = descriptorAdvice[error.code ?? ''] ?? error.message;
    return new TransportError('TRANSPORT_BAD_DESCRIPTOR', `${nameAddress(address)}. ${advice}`, error);
  }
  const refusals = 'path' in address ? pathRefusals : portRefusals;
  const [code, advice] = refusals[error.code ?? ''] ?? ['TRANSPORT_LISTEN_FAILED', error.message];
  return new TransportError(code, `${nameAddress(address)}. ${advice}`, error);
}

type Refusals = Readonly<Record<string, readonly [TransportErrorCode, string]>>;

const portRefusals: Refusals = {
  EADDRINUSE: ['TRANSPORT_PORT_IN_USE', 'Stop that process, or choose another port (0 takes any free one).'],
  EACCES: [
    'TRANSPORT_PERMISSION',
    'Ports below 1024 are for root: choose a higher one, or give node the capability CAP_NET_BIND_SERVICE.',
  ],
  EADDRNOTAVAIL: [
    'TRANSPORT_BAD_ADDRESS',
    'It is not an address of this machine: use 127.0.0.1, ::1, 0.0.0.0, ::, or an address that `ip address` shows.',
  ],
  ENOTFOUND: ['TRANSPORT_BAD_ADDRESS', 'The name has no address: use an IP address, or correct DNS or /etc/hosts.'],
  EAI_AGAIN: ['TRANSPORT_BAD_ADDRESS', 'The name could not be looked up: use an IP address, or correct DNS.'],
  EAFNOSUPPORT: ['TRANSPORT_BAD_ADDRESS', 'This machine has no such address family: use an IPv4 address.'],
  EINVAL: [
    'TRANSPORT_BAD_ADDRESS',
    'The system does not take this address: a link-local one needs a scope, as in fe80::1%eth0.',
  ],
  ERR_SOCKET_BAD_PORT: ['TRANSPORT_BAD_ADDRESS', 'A port is a whole number from 0 to 65535.'],
};

const pathRefusals: Refusals = {
  EADDRINUSE: ['TRANSPORT_PORT_IN_USE', 'Stop that process, or choose another path.'],
  ENOTSOCK: ['TRANSPORT_BAD_ADDRESS', 'A file that is not a socket exists there: remove it, or choose another path.'],
  EISDIR: ['TRANSPORT_BAD_ADDRESS', 'It is a folder: name a file in it, as in /run/app/http.sock.'],
  EACCES: ['TRANSPORT_PERMISSION', 'Give this user the right to write to the folder, or choose another one.'],
  EPERM: ['TRANSPORT_PERMISSION', 'Give this user the right to write to the folder, or choose another one.'],
  ENOENT: ['TRANSPORT_BAD_ADDRESS', 'The folder of the socket file does not exist: create it first.'],
  ENOTDIR: ['TRANSPORT_BAD_ADDRESS', 'A part of the path is not a folder.'],
  EINVAL: ['TRANSPORT_BAD_ADDRESS', 'The path is too long: systems allow about 100 bytes.'],
  ENAMETOOLONG: ['TRANSPORT_BAD_ADDRESS', 'The path is too long: systems allow about 100 bytes.'],
};

const descriptorAdvice: Readonly<Record<string, string>> = {
  EBADF: 'Nothing is open under this number: the process that starts this one has to pass it on.',
  ERR_INVALID_FD_TYPE: 'It is not a socket: pass on a listening one.',
  ENOTSOCK: 'It is not a socket: pass on a listening one.',
  EINVAL: 'It is a socket that cannot listen, for example a connected one: pass on a listening one.',
  EOPNOTSUPP: 'It is a socket that cannot listen: pass on a stream socket (TCP or Unix).',
  EADDRINUSE: 'Another process listens at its address: bind it before it is passed on.',
};
