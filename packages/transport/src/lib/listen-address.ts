/**
 * Where to listen: a port (0: any free one) on an address, a Unix socket, or a socket that the parent process has opened. Which of
 * them one is, `'port' in address`, `'path' in address` and `'fd' in address` tell.
 */
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
    };

/** The address as people write it. */
export function nameAddress(address: ListenAddress): string {
  if ('fd' in address) return `fd:${address.fd}`;
  if ('path' in address) return `unix:${address.path}`;
  const host = address.host ?? '*';
  return `${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
