import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

/**
 * The only file that touches what Node keeps private. Each use is tried out at start-up (`canBorrow`) and has a fallback.
 */

/**
 * After this time without a byte the system asks whether the peer of an accepted connection still exists: one whose machine is gone, or whose way is cut,
 * sends no FIN, and tunnels and slow handlers have no deadline.
 */
export const keepAliveDelayMs = 60_000;

/** The part of a socket's handle that is used. */
interface StreamHandle {
  readonly writeQueueSize?: number;
  readonly reading?: boolean;
  readonly fd?: number;
  /** Of a TLS handle: the one with the encrypted bytes. */
  readonly _parent?: StreamHandle;
  useUserBuffer?(buffer: Uint8Array): void;
  readStart?(): number;
  setNoDelay?(isOn: boolean): void;
  setKeepAlive?(isOn: boolean, delaySeconds: number): void;
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

/** The handle of a server that listens. */
interface ListenHandle {
  onconnection(this: ListenHandle, status: number, handle: StreamHandle | undefined): void;
}

/** Makes the socket of an accepted connection. Called once. */
export type MakeSocket = (onread: ReadInto) => net.Socket;

/**
 * Gives each accepted connection to `take` before Node makes a socket of it, which could not read into a buffer. The server counts it as
 * its own. For a server that listens; its `'connection'` events do not come any more, nor does its `maxConnections` count.
 */
export function takeAccepted(server: net.Server, take: (makeSocket: MakeSocket) => void): void {
  const { _handle: listening } = server as unknown as { _handle: ListenHandle };
  const { onconnection } = listening;
  listening.onconnection = function takeHandle(status, handle) {
    if (status !== 0 || handle === undefined) onconnection.call(this, status, handle);
    else take((onread) => makeSocket(server, handle, onread));
  };
}

function makeSocket(server: net.Server, handle: StreamHandle, onread: ReadInto): net.Socket {
  handle.setNoDelay?.(true);
  handle.setKeepAlive?.(true, keepAliveDelayMs / 1000);
  const options = { handle, onread, allowHalfOpen: true, manualStart: true };
  const socket = new net.Socket(options as unknown as net.SocketConstructorOpts);
  const made = socket as unknown as SocketInternals;
  (server as unknown as { _connections: number })._connections += 1;
  made.server = server;
  made._server = server;
  return socket;
}

/** The fields in which a socket keeps its `onread` option, by name. Found on a socket that was made with one. */
function findReadFields(): Readonly<Record<string, symbol>> {
  const sample = new net.Socket({ onread: { buffer: new Uint8Array(1), callback: () => true } } as object);
  const fields = Object.getOwnPropertySymbols(sample).map((symbol) => [symbol.description ?? '', symbol] as const);
  return Object.fromEntries(fields.filter(([name]) => ['kBuffer', 'kBufferCb', 'kBufferGen'].includes(name)));
}

const readFields = findReadFields();

/**
 * Makes a TLS socket read decrypted bytes into `onread.buffer`. `TLSSocket` inherits from `net.Socket` what is needed for that, but its
 * constructor does not pass the option on.
 */
export function readTlsInto(socket: TLSSocket, onread: ReadInto): void {
  const { kBuffer, kBufferCb, kBufferGen } = readFields;
  if (kBuffer === undefined || kBufferCb === undefined || kBufferGen === undefined) throw new Error('Not this Node');
  const { _handle: handle } = socket as unknown as SocketInternals;
  Object.assign(socket, { [kBuffer]: onread.buffer, [kBufferCb]: onread.callback, [kBufferGen]: null });
  handle!.useUserBuffer!(onread.buffer);
}

/**
 * Does what a `tls.Server` does with a socket whose handshake is done, and nobody does for one that was made by hand: without it
 * `node:http2` waits for a handshake, and later errors are no `'error'` events.
 */
export function finishHandshake(socket: TLSSocket): void {
  const internals = socket as unknown as { secureConnecting: boolean; _releaseControl?(): boolean };
  internals.secureConnecting = false;
  internals._releaseControl?.();
}

/** What `uv_read_start` says of a stream that is being read already. */
const alreadyReading = -114;

/**
 * Watches how a TLS socket comes to its end: the function given back says whether the peer's `close_notify` was missing. Asked from
 * the first moment of the end on.
 *
 * Both look alike to JavaScript, so libuv is asked: it stops reading a stream that has ended, and goes on after a `close_notify`, which
 * is just bytes to it. If nobody was reading, nothing but bytes that were there before can have brought the end.
 */
export function watchEnd(socket: TLSSocket, raw: Duplex): () => boolean {
  let isTruncated = false;
  const push = socket.push;
  socket.push = function pushWatched(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (chunk === null) isTruncated = raw instanceof net.Socket ? hasStopped(socket) : raw.readableEnded;
    return push.call(socket, chunk, encoding);
  };
  return () => isTruncated;
}

function hasStopped(socket: TLSSocket): boolean {
  const { _handle: handle } = socket as unknown as SocketInternals;
  if (handle?.reading !== true || handle._parent?.readStart === undefined) return false;
  return handle._parent.readStart() !== alreadyReading;
}

/** Lets whoever comes next begin to read a socket by a listener, as if nobody had read it, nor paused it. */
export function letRead(socket: net.Socket): void {
  (socket as { readableFlowing: boolean | null }).readableFlowing = null;
}

/**
 * Bytes that were written and are not with the kernel: the stream's own queue and libuv's. For TLS libuv's counts encrypted bytes:
 * everything that was encrypted is in one write of it.
 */
export function queuedBytes(socket: net.Socket): number {
  const queued = socket.writableLength;
  if (queued === 0) return 0;
  const { _handle: handle, _writableState: state } = socket as unknown as SocketInternals;
  const inFlight = state?.writelen;
  const left = (handle?._parent ?? handle)?.writeQueueSize;
  return inFlight === undefined || left === undefined ? queued : queued - inFlight + left;
}

const queuedAtEnd = Symbol('queuedAtEnd');

/** Makes a socket remember what is queued when it is destroyed: Node drops the count with the handle, before it tells anybody. */
export function rememberQueued(socket: net.Socket): void {
  (socket as unknown as { _destroy: unknown })._destroy = destroyAndRemember;
}

function destroyAndRemember(this: net.Socket, error: Error | null, done: (error?: Error | null) => void): void {
  (this as { [queuedAtEnd]?: number })[queuedAtEnd] = queuedBytes(this);
  (Object.getPrototypeOf(this) as net.Socket)._destroy.call(this, error, done);
}

/** What was queued when the socket was destroyed. */
export function queuedBytesAtEnd(socket: net.Socket): number {
  return (socket as { [queuedAtEnd]?: number })[queuedAtEnd] ?? 0;
}

/** The number under which the system knows a socket, where Node tells it. */
export function descriptorOf(socket: net.Socket): number | undefined {
  return (socket as unknown as SocketInternals)._handle?.fd;
}

/** Whether this runtime is known to let handles be taken. Windows and others start with `'data'` events. */
export function mayBorrow(): boolean {
  const { bun, deno } = process.versions;
  return bun === undefined && deno === undefined && process.platform !== 'win32';
}
