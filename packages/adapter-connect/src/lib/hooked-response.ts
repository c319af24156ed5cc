import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HookedRequest } from './incoming-request.ts';
import type { ResponseInternals } from './node-internals.ts';
import type { Write } from './outgoing-body.ts';
import type { HeaderSource } from './response-fields.ts';
import type { SocketStandIn } from './socket-stand-in.ts';

/** The internals of a `ServerResponse` beside its public types: the methods where its logic meets its socket. */
export interface HookedResponse extends ServerResponse, ResponseInternals {
  getRawHeaderNames(): string[];
  _storeHeader(firstLine: string, headers: HeaderSource): void;
  [owned]: ResponseOwner;
}

const owned = Symbol('owner');

/** Is told about the response, in the order `headDecided (flushed | wrote)* ended finished`. */
export interface ResponseOwner {
  /** The application decided status and headers; throws when they cannot be sent. */
  headDecided(headers: HeaderSource): void;
  flushed(): void;
  wrote(write: Write): boolean;
  ended(): void;
  /** Everything is written. */
  finished(): void;
  informed(status: number, headers: [string, string][]): void;
}

/**
 * A real `ServerResponse` whose head and writes go to `owner`. The hooks are properties of the instance, and lie below `writeHead`, `write`
 * and `end`, because frameworks replace the prototype and interceptors replace those three. All responses share the hook functions: V8
 * keeps an object alive longer if it holds a closure over itself, which costs a third of the time of a small answer.
 */
export function hookedResponse(request: HookedRequest, socket: SocketStandIn, owner: ResponseOwner): HookedResponse {
  const message = new ServerResponse(request) as unknown as HookedResponse;
  Object.assign(message, expressFields);
  message[owned] = owner;
  message._storeHeader = storeHeader;
  message._send = send;
  message._writeRaw = writeRaw;
  message._finish = finish;
  message.on('finish', finished);
  message.assignSocket(socket as unknown as Socket);
  return message;
}

/** The properties that Express adds to a response, declared in advance for the same reason as those of a request. */
const expressFields = { locals: undefined, statusCode: 200, statusMessage: undefined };

function storeHeader(this: HookedResponse, firstLine: string, headers: HeaderSource): void {
  this[owned].headDecided(headers);
  this.chunkedEncoding = false; // the server does the framing
  this._header = firstLine;
}

/** `_headerSent` stays false, so that `end()` always calls this function with its callback. */
function send(
  this: HookedResponse,
  data: string | Uint8Array,
  encoding?: BufferEncoding | null,
  callback: (() => void) | null = null,
): boolean {
  const owner = this[owned];
  if (data.length > 0 || callback !== null) return owner.wrote({ data, encoding: encoding ?? 'utf8', callback });
  owner.flushed();
  return true;
}

function writeRaw(this: HookedResponse, data: string, _encoding?: BufferEncoding, callback?: () => void): boolean {
  const [firstLine = '', ...lines] = data.trimEnd().split('\r\n');
  this[owned].informed(Number(firstLine.split(' ')[1]), lines.map(toField));
  if (callback !== undefined) process.nextTick(callback);
  return true;
}

function finish(this: HookedResponse): void {
  this[owned].ended();
}

function finished(this: ServerResponse): void {
  (this as HookedResponse)[owned].finished();
}

/** Closes the response as `node:http` does: sets the flags and emits `'close'`. */
export function closeResponse(message: HookedResponse): void {
  if (message._closed) return;
  message.destroyed = true;
  message._closed = true;
  message.emit('close');
}

function toField(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
