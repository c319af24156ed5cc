/**
 * Where to listen: a TCP port (0: any free one), a Unix socket, or a socket opened by the parent process. `'port' in
 * address`, `'path' in address` and `'fd' in address` tell them apart.
 */
export type ListenAddress =
  | {
      /** 0 to 65535. */
      readonly port: number;
      /**
       * An IP address or name. `localhost` means 127.0.0.1 and ::1 on the same port, or the one that the machine has.
       * Default: `::`, every address of the machine, IPv4 included.
       */
      readonly host?: string;
      /** Whether `::` excludes IPv4. Default: false. */
      readonly ipv6Only?: boolean;
    }
  | {
      readonly path: string;
      /** Permissions of the socket file, for example 0o660. Default: set by the umask. */
      readonly mode?: number;
    }
  | {
      /** The descriptor of a socket that listens or is bound, as returned by `inheritedDescriptors`. */
      readonly fd: number;
    };

/** The address in its usual notation, for people. */
export function nameAddress(address: ListenAddress): string {
  if ('fd' in address) return `fd:${address.fd}`;
  if ('path' in address) return `unix:${address.path}`;
  const host = address.host ?? '*';
  return `${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
