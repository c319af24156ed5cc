import { TransportError, type TransportErrorCode } from './errors.ts';

/** Where to listen: a port (0: any free one) on an address, a Unix socket, or a socket that the parent process has opened. */
export type ListenAddress =
  | {
      /** 0 to 65535. */
      readonly port: number;
      /**
       * An IP address or name; `localhost` is 127.0.0.1 and ::1, both on the same port, or the one that the machine has. Default: `::`,
       * every address of the machine, IPv4 too.
       */
      readonly host?: string;
      /** Whether `::` leaves IPv4 to others. Default: false. */
      readonly ipv6Only?: boolean;
    }
  | {
      readonly path: string;
      /** Permissions of the socket file, 0o660 for instance. Default: what the umask leaves. */
      readonly mode?: number;
    }
  | {
      /** The descriptor of a socket that listens or is bound, as `inheritedDescriptors` finds it. */
      readonly fd: number;
      /** Never there: it is the socket that knows. */
      readonly port?: undefined;
      readonly host?: undefined;
    };

/** Programs without types pass a bare port or a misspelt name: better refused than bound to every address. */
export function checkAddress(address: ListenAddress): void {
  const names = typeof address === 'object' && address !== null ? Object.keys(address) : [];
  const isKnown = kinds.some((kind) => names.includes(kind[0]!) && names.every((name) => kind.includes(name)));
  if (!isKnown) {
    const expected = 'expected { port, host?, ipv6Only? }, { path, mode? } or { fd }';
    throw new TransportError('TRANSPORT_ADDRESS_INVALID', `${expected}, got ${JSON.stringify(address)}`);
  }
  if (!('fd' in address) || (Number.isSafeInteger(address.fd) && address.fd >= 0)) return;
  const got = JSON.stringify(address.fd);
  throw new TransportError('TRANSPORT_BAD_DESCRIPTOR', `a whole number from 0 on was expected, got ${got}`);
}

/** What the kinds of addresses consist of; the first is what makes one of that kind. */
const kinds: readonly (readonly string[])[] = [['port', 'host', 'ipv6Only'], ['path', 'mode'], ['fd']];

/** The address as people write it. */
export function nameAddress(address: ListenAddress): string {
  if ('fd' in address) return `fd:${address.fd}`;
  if ('path' in address) return `unix:${address.path}`;
  const host = address.host ?? '*';
  return `${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

/** The system's refusal, in words that say what to do. */
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
  EADDRNOTAVAIL: ['TRANSPORT_BAD_ADDRESS', 'Use 127.0.0.1, ::1, 0.0.0.0, ::, or an address that `ip address` shows.'],
  ENOTFOUND: ['TRANSPORT_BAD_ADDRESS', 'The name has no address: use an IP address, or mend DNS or /etc/hosts.'],
  EAI_AGAIN: ['TRANSPORT_BAD_ADDRESS', 'The name could not be looked up: use an IP address, or mend DNS.'],
  EAFNOSUPPORT: ['TRANSPORT_BAD_ADDRESS', 'This machine has no such address family: use an IPv4 address.'],
  EINVAL: [
    'TRANSPORT_BAD_ADDRESS',
    'The system does not take this address: a link-local one needs a scope, as in fe80::1%eth0.',
  ],
  ERR_SOCKET_BAD_PORT: ['TRANSPORT_BAD_ADDRESS', 'A port is a whole number from 0 to 65535.'],
};

const pathRefusals: Refusals = {
  EADDRINUSE: [
    'TRANSPORT_PORT_IN_USE',
    'Stop the process that listens there; if it is a file of another kind, remove it or choose another path.',
  ],
  EACCES: ['TRANSPORT_PERMISSION', 'Give this user the right to write to the folder, or choose another one.'],
  EPERM: ['TRANSPORT_PERMISSION', 'Give this user the right to write to the folder, or choose another one.'],
  ENOENT: ['TRANSPORT_BAD_ADDRESS', 'The folder of the socket file does not exist: make it first.'],
  ENOTDIR: ['TRANSPORT_BAD_ADDRESS', 'A part of the path is not a folder.'],
  EINVAL: ['TRANSPORT_BAD_ADDRESS', 'The path is too long: systems allow about 100 bytes.'],
  ENAMETOOLONG: ['TRANSPORT_BAD_ADDRESS', 'The path is too long: systems allow about 100 bytes.'],
};

const descriptorAdvice: Readonly<Record<string, string>> = {
  EBADF: 'Nothing is open under this number: the process that starts this one has to pass it on.',
  ERR_INVALID_FD_TYPE: 'It is no socket: pass on one that listens.',
  ENOTSOCK: 'It is no socket: pass on one that listens.',
  EINVAL: 'It is a socket that cannot listen, a connected one for instance: pass on one that listens.',
  EOPNOTSUPP: 'It is a socket that cannot listen: pass on one of streams (TCP or Unix).',
  EADDRINUSE: 'Another process listens at its address: bind it before it is passed on.',
};
