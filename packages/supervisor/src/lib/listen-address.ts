import net from 'node:net';
import { SupervisorError } from './errors.ts';

/** Where workers listen. Each address is one socket: to listen on both families of `localhost`, use two names. */
export type SupervisorAddress =
  | {
      /** 0 to 65535; 0 takes any free port, the same for every worker. */
      readonly port: number;
      /**
       * An IP address, or a name, of which the first address is used. Default: every address of the machine, IPv4
       * included.
       */
      readonly host?: string;
      /** Whether `::` excludes IPv4. Default: false. */
      readonly ipv6Only?: boolean;
    }
  | {
      /** The file of a Unix socket. An abandoned one is replaced. */
      readonly path: string;
      /** Permissions of the file, for example 0o660. Default: set by the umask. */
      readonly mode?: number;
    }
  | {
      /** A socket that was passed to this process, as returned by `inheritedSockets`. */
      readonly fd: number;
    };

/** The properties of each kind of address; the first one identifies the kind. */
const kinds: readonly (readonly string[])[] = [['port', 'host', 'ipv6Only'], ['path', 'mode'], ['fd']];

/**
 * Untyped programs pass a bare port or a misspelt name; that is refused, because otherwise the socket would be bound on
 * every address.
 */
export function checkAddress(name: string, address: SupervisorAddress): void {
  const names = typeof address === 'object' && address !== null ? Object.keys(address) : [];
  const isKnown = kinds.some((kind) => names.includes(kind[0]!) && names.every((each) => kind.includes(each)));
  const isRight = isKnown && valuesAreRight(address);
  if (isRight) return;
  const expected = 'expected { port, host?, ipv6Only? }, { path, mode? } or { fd }';
  throw new SupervisorError(
    'SUPERVISOR_OPTION_INVALID',
    `listen.${name}: ${expected}, found ${JSON.stringify(address)}`,
  );
}

function valuesAreRight(address: SupervisorAddress): boolean {
  if ('fd' in address) return Number.isSafeInteger(address.fd) && address.fd > 2;
  if ('path' in address) return typeof address.path === 'string' && isMode(address.mode);
  const { port, host } = address;
  return (
    Number.isSafeInteger(port) &&
    port >= 0 &&
    port <= 65_535 &&
    (host === undefined || (typeof host === 'string' && host !== ''))
  );
}

function isMode(mode: number | undefined): boolean {
  return mode === undefined || (Number.isSafeInteger(mode) && mode >= 0 && mode <= 0o777);
}

/** The address in its usual notation, for people. */
export function nameAddress(address: SupervisorAddress): string {
  if ('fd' in address) return `fd:${address.fd}`;
  if ('path' in address) return `unix:${address.path}`;
  const host = address.host ?? '*';
  return `${net.isIPv6(host) ? `[${host}]` : host}:${address.port}`;
}

/** Converts a system error into a `SupervisorError` that says what to do. */
export function bindError(name: string, address: SupervisorAddress, error: NodeJS.ErrnoException): SupervisorError {
  const detail = (advice: string): string => `listen.${name}, ${nameAddress(address)}. ${advice}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return new SupervisorError('SUPERVISOR_PORT_IN_USE', detail(inUse(address)), error);
    case 'EACCES':
    case 'EPERM':
      return new SupervisorError('SUPERVISOR_PERMISSION', detail(permission(address)), error);
    default:
      return new SupervisorError('SUPERVISOR_BIND_FAILED', detail(error.message), error);
  }
}

function inUse(address: SupervisorAddress): string {
  if ('path' in address) return 'Stop the process that listens there; a file of another kind must be removed.';
  return 'Stop that process, or choose another port (0 takes any free one).';
}

function permission(address: SupervisorAddress): string {
  if ('path' in address) return 'Give this user the right to write to the folder, or choose another one.';
  return 'Ports below 1024 are for root: choose a higher one, or give node the capability CAP_NET_BIND_SERVICE.';
}
