import type { ListenAddress } from '@windhover/config';
import { addressUrl, openUrl } from '@windhover/console';
import type { SupervisorAddress } from '@windhover/supervisor';
import { addressOfSocket, socketNames } from './supervisor-sockets.ts';

/** A socket on which a server listens. */
export interface OpenSocket {
  /** For a browser or a program on this machine. */
  readonly url: string;
  readonly port?: number;
  /** The address; missing for every one. */
  readonly host?: string;
  /** The file of a Unix socket. */
  readonly path?: string;
}

/**
 * The sockets of a supervisor, with the real ports, for people and programs: without the names by which workers find them.
 *
 * @param secure the names of those that speak TLS
 * @param ftp the addresses of FTP, which are left out
 */
export function openSockets(
  listen: Readonly<Record<string, SupervisorAddress>>,
  secure: readonly string[] = [],
  ftp: readonly ListenAddress[] = [],
): readonly OpenSocket[] {
  const names = new Set(ftp.flatMap((address) => socketNames(address, 'ftp')));
  const shown = Object.entries(listen).filter(([name]) => !names.has(name));
  return shown.map(([name, bound]) => {
    // Of a socket that systemd has opened only the name says where it is.
    const address: ListenAddress = 'fd' in bound ? addressOfSocket(name) : bound;
    const url = addressUrl(address, secure.includes(name) ? 'https' : 'http');
    if ('path' in address) return { url, path: address.path };
    const { port, host } = address;
    return host === undefined ? { url, port } : { url, port, host };
  });
}

/** The URL as people read it, with a note if other machines can reach it. */
export function showSocket({ url, port, host }: OpenSocket): string {
  if (port === undefined) return url;
  return openUrl(host === undefined ? { port } : { port, host }, url.startsWith('https:') ? 'https' : 'http');
}
