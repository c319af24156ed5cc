import type { ListenAddress } from '@windhover/config';
import type { SupervisorAddress } from '@windhover/supervisor';

/** Sockets that systemd has opened, by their `FileDescriptorName`. */
export type InheritedSockets = Readonly<Record<string, { readonly fd: number }>>;

/**
 * The sockets for the addresses of a configuration, by the names under which workers find them. A socket that systemd has opened serves
 * the listener whose port, or file, is its name.
 */
export function supervisorSockets(
  listen: readonly ListenAddress[],
  inherited: InheritedSockets = {},
  ftp: readonly ListenAddress[] = [],
): Record<string, SupervisorAddress> {
  const wanted: { readonly address: ListenAddress; readonly kind?: 'ftp' }[] = [
    ...listen.map((address) => ({ address })),
    ...ftp.map((address) => ({ address, kind: 'ftp' as const })),
  ];
  return Object.fromEntries(
    wanted.flatMap(({ address, kind }) => {
      const sockets = socketsOf(address, kind);
      const opened = inherited['port' in address ? String(address.port) : address.path];
      return opened === undefined ? sockets : [[sockets[0]![0], opened] as const];
    }),
  );
}

/** The address that belongs to the name of a socket. */
export function addressOfSocket(name: string): ListenAddress {
  return JSON.parse(name.replace(/\}( ftp)?( [46])?$/, '}')) as ListenAddress;
}

/**
 * The names of the sockets for one address.
 *
 * @param kind what speaks there: a site and FTP may both ask for any free port
 */
export function socketNames(address: ListenAddress, kind?: 'ftp'): readonly string[] {
  return socketsOf(address, kind).map(([name]) => name);
}

/** Takes the names of sockets out of a message of the supervisor: the address follows them. */
export function withoutSocketNames(message: string): string {
  return message.replace(/listen\.\{[^}]*\}(?: ftp)?(?: [46])?, /g, '');
}

/** A name of several addresses needs a socket for each. With port 0 they could not have the same port. */
function socketsOf(
  address: ListenAddress,
  kind?: 'ftp',
): readonly (readonly [name: string, address: SupervisorAddress])[] {
  const name = JSON.stringify(address) + (kind === undefined ? '' : ` ${kind}`);
  if (!('port' in address) || address.host !== 'localhost') return [[name, address]];
  const { port } = address;
  const first = [`${name} 4`, { port, host: '127.0.0.1' }] as const;
  return port === 0 ? [first] : [first, [`${name} 6`, { port, host: '::1' }]];
}
