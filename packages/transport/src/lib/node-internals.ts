import net from 'node:net';

/**
 * The only file that touches what Node keeps private. Each use is tried out at start-up (`canBorrow`) and has a fallback.
 */

/** The part of a socket's handle that is used. */
interface StreamHandle {
  readonly writeQueueSize?: number;
}

interface SocketInternals {
  _handle: StreamHandle | null;
  _server: net.Server | null;
  server: net.Server | null;
  readonly _writableState?: { readonly writelen?: number };
}

/** Reads into the caller's buffer: the public `onread` option, which Node offers to clients only. */
export interface ReadInto {
  readonly buffer: Uint8Array;
  callback(bytes: number, buffer: Uint8Array): boolean;
}

/**
 * Makes an accepted socket anew around its handle, so that it reads into `onread.buffer`. Its server goes on counting it. The old
 * socket must not have read anything (`pauseOnConnect`), and is not to be used any more.
 */
export function remakeSocket(accepted: net.Socket, onread: ReadInto): net.Socket {
  const old = accepted as unknown as SocketInternals;
  const handle = old._handle;
  const server = old._server;
  old._handle = null;
  old._server = null;
  const options = { handle, onread, allowHalfOpen: true, manualStart: true };
  const socket = new net.Socket(options as unknown as net.SocketConstructorOpts);
  const made = socket as unknown as SocketInternals;
  made.server = server;
  made._server = server;
  return socket;
}

/** Bytes that were written and are not with the kernel: the stream's own queue and libuv's. */
export function queuedBytes(socket: net.Socket): number {
  const queued = socket.writableLength;
  if (queued === 0) return 0;
  const { _handle: handle, _writableState: state } = socket as unknown as SocketInternals;
  const inFlight = state?.writelen;
  const left = handle?.writeQueueSize;
  return inFlight === undefined || left === undefined ? queued : queued - inFlight + left;
}

/** Whether this runtime is known to allow re-made sockets. Windows and others start with `'data'` events. */
export function mayBorrow(): boolean {
  const { bun, deno } = process.versions;
  return bun === undefined && deno === undefined && process.platform !== 'win32';
}
