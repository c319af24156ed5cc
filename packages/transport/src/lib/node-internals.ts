import net from 'node:net';
import { type Duplex, PassThrough } from 'node:stream';
import type { SecureContext, TLSSocket } from 'node:tls';
import { nodeTls } from './node-tls.ts';

/** The only file that uses private parts of Node. Each use is checked at start-up (`canBorrow`) and has a fallback. */

/**
 * After this time without a byte, TCP probes the peer of an accepted connection: a machine that lost power or its
 * network sends no FIN, and tunnels and slow handlers have no deadline.
 */
export const keepAliveDelayMs = 60_000;

/** The parts of a socket's handle that we use. */
interface StreamHandle {
  readonly writeQueueSize?: number;
  readonly reading?: boolean;
  readonly fd?: number;
  /** On a TLS handle: the handle with the encrypted bytes. */
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
  /** The buffer, or a function that returns the one of the next read. */
  readonly buffer: Uint8Array | (() => Uint8Array);
  callback(bytes: number, buffer: Uint8Array): boolean;
}

/** The handle of a listening server. */
interface ListenHandle {
  onconnection(this: ListenHandle, status: number, handle: StreamHandle | undefined): void;
}

/** Creates the socket of an accepted connection. Call it once. */
export type MakeSocket = (onread: ReadInto) => net.Socket;

/**
 * Passes each accepted connection to `take` before Node creates a socket for it, because Node's socket could not read
 * into our buffer. The server still counts it as its own connection. The server must be listening; it emits no more
 * `'connection'` events and ignores `maxConnections`.
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

/** The symbols under which a socket keeps its `onread` option, by name; taken from a sample socket. */
function findReadFields(): Readonly<Record<string, symbol>> {
  const sample = new net.Socket({ onread: { buffer: new Uint8Array(1), callback: () => true } } as object);
  const fields = Object.getOwnPropertySymbols(sample).map((symbol) => [symbol.description ?? '', symbol] as const);
  return Object.fromEntries(fields.filter(([name]) => ['kBuffer', 'kBufferCb', 'kBufferGen'].includes(name)));
}

const readFields = findReadFields();

/**
 * Makes a TLS socket read decrypted bytes into `onread.buffer`. `TLSSocket` inherits the mechanism from `net.Socket`,
 * but its constructor does not pass the option on.
 */
export function readTlsInto(socket: TLSSocket, onread: ReadInto): void {
  const { kBuffer, kBufferCb, kBufferGen } = readFields;
  if (kBuffer === undefined || kBufferCb === undefined || kBufferGen === undefined) throw new Error('Not this Node');
  const { _handle: handle } = socket as unknown as SocketInternals;
  const { buffer, callback } = onread;
  const first = typeof buffer === 'function' ? buffer() : buffer;
  const next = typeof buffer === 'function' ? buffer : null;
  Object.assign(socket, { [kBuffer]: first, [kBufferCb]: callback, [kBufferGen]: next });
  handle!.useUserBuffer!(first);
}

/**
 * Does what a `tls.Server` does with a socket after its handshake; a socket created by hand needs it too. Without it,
 * `node:http2` waits for a handshake, and later errors are not emitted as `'error'`.
 */
export function finishHandshake(socket: TLSSocket): void {
  const internals = socket as unknown as { secureConnecting: boolean; _releaseControl?(): boolean };
  internals.secureConnecting = false;
  internals._releaseControl?.();
}

interface VerifyingHandle {
  setVerifyMode?(isAsked: boolean, isRequired: boolean): void;
  verifyError?(): NodeJS.ErrnoException | null | undefined;
}

interface StaplingHandle {
  oncertcb?(this: StaplingHandle, info: { readonly servername?: string; readonly OCSPRequest?: boolean }): void;
  setOCSPResponse?(answer: Uint8Array): void;
}

/** Whether this Node can send the answer of an OCSP responder from a socket that was made by hand. */
export function canStaple(): boolean {
  const socket = new (nodeTls().TLSSocket)(new PassThrough(), { isServer: true });
  socket.on('error', () => undefined);
  const handle = (socket as unknown as { _handle: StaplingHandle | null })._handle;
  const isAble = typeof handle?.oncertcb === 'function' && typeof handle.setOCSPResponse === 'function';
  socket.destroy();
  return isAble;
}

/**
 * Calls back in the handshake, before the certificate is chosen: whether the client asks for a name, and whether for an answer of an OCSP responder.
 * A `tls.Server` emits `'OCSPRequest'` at this point. The socket needs an `SNICallback`.
 */
export function onCertificateChoice(
  socket: TLSSocket,
  listener: (hasName: boolean, asksForAnswer: boolean) => void,
): void {
  const { _handle: handle } = socket as unknown as { _handle: Required<StaplingHandle> };
  const { oncertcb } = handle;
  handle.oncertcb = function chooseCertificate(info) {
    listener(info.servername !== undefined && info.servername !== '', info.OCSPRequest === true);
    oncertcb.call(this, info);
  };
}

/** Sends the answer of an OCSP responder with the certificate. Call it before the certificate is chosen. */
export function setStaple(socket: TLSSocket, answer: Uint8Array): void {
  (socket as unknown as { _handle: Required<StaplingHandle> })._handle.setOCSPResponse(answer);
}

interface PrivateContext {
  getCertificate?(): Uint8Array | null;
  getIssuer?(): Uint8Array | null;
}

/** The certificate of a context and that of its issuer, in DER, as far as this Node tells. */
export function certificatesOf({ context }: SecureContext): readonly Uint8Array[] {
  const { getCertificate, getIssuer } = context as PrivateContext;
  const found = [getCertificate?.call(context) ?? null, getIssuer?.call(context) ?? null];
  return found.filter((each) => each !== null);
}

/** Whether this Node can ask for client certificates by server name. */
export function canAskByName(): boolean {
  const socket = new (nodeTls().TLSSocket)(new PassThrough(), { isServer: true });
  socket.on('error', () => undefined);
  const handle = (socket as unknown as { _handle: VerifyingHandle | null })._handle;
  const isAble = typeof handle?.setVerifyMode === 'function' && typeof handle.verifyError === 'function';
  socket.destroy();
  return isAble;
}

/** Decides during a handshake, before the answer to the client's hello, whether the client is asked for a certificate. */
export function askForCertificate(socket: TLSSocket, isAsked: boolean, isRequired: boolean): void {
  (socket as unknown as { _handle: Required<VerifyingHandle> })._handle.setVerifyMode(isAsked, isRequired);
}

/** The code of OpenSSL's verdict on the peer's certificate; `null`: it is verified. Only for a peer that has sent one. */
export function certificateFault(socket: TLSSocket): string | null {
  const error = (socket as unknown as { _handle: Required<VerifyingHandle> })._handle.verifyError();
  return error == null ? null : (error.code ?? error.message);
}

/** The result of `uv_read_start` for a stream that is already being read. */
const alreadyReading = -114;

/**
 * Watches how a TLS socket ends. The returned function says whether the peer's `close_notify` was missing; call it when
 * the socket has ended, or later.
 *
 * JavaScript sees no difference, so we ask libuv: it stops reading a stream that has ended, but goes on after a
 * `close_notify`, which is just bytes to it. If nobody was reading, only bytes that were there before can have brought
 * the end.
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

/**
 * Resets a socket's reading state, as if nobody had read or paused it, so that the next listener starts the reading.
 */
export function letRead(socket: net.Socket): void {
  (socket as { readableFlowing: boolean | null }).readableFlowing = null;
}

/**
 * Written bytes that the kernel has not taken yet: the stream's own queue plus libuv's. For TLS, libuv counts encrypted
 * bytes: one libuv write holds everything that was encrypted.
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

/**
 * Makes a socket remember its queued bytes when it is destroyed: Node drops the count with the handle, before any
 * event.
 */
export function rememberQueued(socket: net.Socket): void {
  (socket as unknown as { _destroy: unknown })._destroy = destroyAndRemember;
}

function destroyAndRemember(this: net.Socket, error: Error | null, done: (error?: Error | null) => void): void {
  (this as { [queuedAtEnd]?: number })[queuedAtEnd] = queuedBytes(this);
  (Object.getPrototypeOf(this) as net.Socket)._destroy.call(this, error, done);
}

/** The bytes that were queued when the socket was destroyed. */
export function queuedBytesAtEnd(socket: net.Socket): number {
  return (socket as { [queuedAtEnd]?: number })[queuedAtEnd] ?? 0;
}

/** The file descriptor of a socket, where Node shows it. */
export function descriptorOf(socket: net.Socket): number | undefined {
  return (socket as unknown as SocketInternals)._handle?.fd;
}

/** Whether handles can be taken on this runtime. Windows and other runtimes use `'data'` events. */
export function mayBorrow(): boolean {
  const { bun, deno } = process.versions;
  return bun === undefined && deno === undefined && process.platform !== 'win32';
}
