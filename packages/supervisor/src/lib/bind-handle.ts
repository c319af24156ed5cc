import net from 'node:net';
import { getSystemErrorMap as systemErrors } from 'node:util';

/**
 * The only file that uses private parts of Node. This handle is bound but not listening: it accepts nothing, and its
 * descriptor can be passed to other processes. `node:cluster` creates its shared handles with the same function.
 */
export interface BoundHandle {
  readonly fd: number;
  getsockname?(into: { address?: string; port?: number }): number;
  close(): void;
}

type CreateHandle = (
  host: string | null,
  port: number,
  family: number | null,
  fd: null,
  flags: number,
) => BoundHandle | number;

/** Flags of `uv_tcp_bind`. */
const ipv6OnlyFlag = 1;
const reusePortFlag = 2;

const createHandle = (net as unknown as { _createServerHandle?: CreateHandle })._createServerHandle;

/** Where to bind a TCP handle. */
export interface TcpPlace {
  /** An IP address; `null` means every address of the machine, IPv4 included. */
  readonly host: string | null;
  readonly port: number;
  readonly ipv6Only: boolean;
  /** Whether several sockets share this port; the kernel picks one by a hash of the client's address. */
  readonly reusePort: boolean;
}

/**
 * Whether several sockets can share a port evenly here: Linux has SO_REUSEPORT, and libuv supports it since 1.49 (Node
 * 22.12).
 */
export function canReusePort(): boolean {
  const [major = 0, minor = 0] = (process.versions['uv'] ?? '').split('.').map(Number);
  return process.platform === 'linux' && (major > 1 || minor >= 49);
}

/** Binds a TCP socket. Throws the system's error. */
export function bindTcp({
  host,
  port,
  ipv6Only,
  reusePort,
}: TcpPlace): BoundHandle & { readonly address: string; readonly port: number } {
  const flags = (ipv6Only ? ipv6OnlyFlag : 0) | (reusePort ? reusePortFlag : 0);
  const handle = create(host, port, host === null ? null : net.isIP(host), flags);
  const at: { address?: string; port?: number } = {};
  // libuv holds back EADDRINUSE of bind(2) until the address is asked for.
  const status = handle.getsockname?.(at) ?? 0;
  if (status !== 0) {
    handle.close();
    throw systemError(status);
  }
  return Object.assign(handle, { address: at.address ?? '', port: at.port ?? port });
}

/** Binds a Unix socket and creates its file; closing the handle removes the file. Throws the system's error. */
export function bindUnix(path: string): BoundHandle {
  return create(path, -1, -1, 0);
}

function create(host: string | null, port: number, family: number | null, flags: number): BoundHandle {
  if (createHandle === undefined)
    throw new Error(`net._createServerHandle is missing in Node ${process.versions.node}`);
  const handle = createHandle(host, port, family, null, flags);
  if (typeof handle === 'number') throw systemError(handle);
  return handle;
}

function systemError(status: number): NodeJS.ErrnoException {
  const [code, message] = systemErrors().get(status) ?? ['UNKNOWN', `error ${status}`];
  return Object.assign(new Error(`${code}: ${message}`), { code, errno: status });
}
