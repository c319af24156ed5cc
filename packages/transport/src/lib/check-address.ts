import { expectedFound, isRecord } from '@windhover/options';
import { listenOptionNames } from './check-listen-options.ts';
import type { ConnectAddress } from './connect-address.ts';
import { TransportError } from './errors.ts';
import type { ListenAddress } from './listen-address.ts';
import { plainHost } from './plain-host.ts';

/** The properties of each kind of address; the first one identifies the kind. */
const kinds = { tcp: ['port', 'host', 'ipv6Only'], unix: ['path', 'mode'], inherited: ['fd'] };

/**
 * Checks an address and returns it in the form that the system takes. Untyped programs pass a bare port or a misspelt
 * name; that is refused, because otherwise the server would listen on every address of the machine. Throws
 * `TRANSPORT_ADDRESS_INVALID` or `TRANSPORT_BAD_DESCRIPTOR`.
 */
export function checkListenAddress(address: ListenAddress): ListenAddress {
  if (isRecord(address)) refuseOptions(address);
  checkNames(address, Object.values(kinds), '{ port, host?, ipv6Only? }, { path, mode? } or { fd }');
  if ('fd' in address) {
    if (Number.isSafeInteger(address.fd) && address.fd >= 0) return address;
    throw new TransportError('TRANSPORT_BAD_DESCRIPTOR', expectedFound('a whole number, 0 or more', address.fd));
  }
  if ('path' in address) {
    checkPath(address.path);
    checkMode(address.mode);
    return address;
  }
  const { port, host, ipv6Only } = address;
  checkPort(port);
  if (ipv6Only !== undefined && typeof ipv6Only !== 'boolean') {
    throw refuse(`ipv6Only: ${expectedFound('true or false', ipv6Only)}`);
  }
  return host === undefined ? address : { ...address, host: plainHost(host) };
}

/** Like `checkListenAddress`, for clients: a host is required. */
export function checkConnectAddress(address: ConnectAddress): ConnectAddress {
  checkNames(address, [kinds.tcp, kinds.unix], '{ host, port } or { path }');
  if ('path' in address) {
    checkPath(address.path);
    return { path: address.path };
  }
  checkPort(address.port);
  return { host: plainHost(address.host), port: address.port };
}

function refuseOptions(address: object): void {
  const misplaced = Object.keys(address).find((name) => listenOptionNames.includes(name));
  if (misplaced === undefined) return;
  const where = `server.listen(address, { ${misplaced} }), or listen(address, accept, { ${misplaced} })`;
  throw refuse(`${misplaced} is an option, not a part of the address: ${where}`);
}

function checkNames(address: unknown, allowed: readonly (readonly string[])[], expected: string): void {
  const names = isRecord(address) ? Object.keys(address) : [];
  const isKnown = allowed.some((kind) => names.includes(kind[0]!) && names.every((name) => kind.includes(name)));
  if (isKnown) return;
  throw refuse(expectedFound(expected, address));
}

/** Checks only the type; the system itself reports a port out of range. */
function checkPort(port: unknown): void {
  if (typeof port === 'number') return;
  const hint = typeof port === 'string' && /^\d+$/.test(port) ? '. Convert it with Number(…)' : '';
  throw refuse(`port: ${expectedFound('a whole number from 0 to 65535', port)}${hint}`);
}

function checkPath(path: unknown): void {
  if (typeof path === 'string' && path !== '') return;
  throw refuse(`path: ${expectedFound('the path of a socket file', path)}`);
}

function checkMode(mode: unknown): void {
  if (mode === undefined) return;
  if (Number.isInteger(mode) && (mode as number) >= 0 && (mode as number) <= 0o777) return;
  throw refuse(`mode: ${expectedFound('permissions from 0 to 0o777, 0o660 for instance', mode)}`);
}

function refuse(what: string): TransportError {
  return new TransportError('TRANSPORT_ADDRESS_INVALID', what);
}
