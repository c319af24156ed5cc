import net from 'node:net';
import { SupervisorError } from './errors.ts';

/** Where workers shall listen. One socket each: for both families of `localhost` give two names. */
export type SupervisorAddress =
  | {
      /** 0 to 65535; 0 takes any free one, the same for every worker. */
      readonly port: number;
      /** An IP address, or a name whose first address is taken. Default: every address of the machine, IPv4 too. */
      readonly host?: string;
      /** Whether `::` leaves IPv4 to others. Default: false. */
      readonly ipv6Only?: boolean;
    }
  | {
      /** The file of a Unix socket. One that nobody listens on any more is replaced. */
      readonly path: string;
      /** Permissions of the file, 0o660 for instance. Default: what the umask leaves. */
      readonly mode?: number;
    }
  | {
      /** A socket that this process was started with, as `inheritedSockets` finds it. */
      readonly fd: number;
    };

/** What the kinds of addresses consist of; the first is what makes one of that kind. */
const kinds: readonly (readonly string[])[] = [['port', 'host', 'ipv6Only'], ['path', 'mode'], ['fd']];

/** Programs without types pass a bare port or a misspelt name: better refused than bound to every address. */
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

/** The address as people write it. */
export function nameAddress(address: SupervisorAddress): string {
  if ('fd' in address) return `fd:${address.fd}`;
  if ('path' in address) return `unix:${address.path}`;
  const host = address.host ?? '*';
  return `${net.isIPv6(host) ? `[${host}]` : host}:${address.port}`;
}

/** The system's refusal to bind, in words that say what to do. */
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
