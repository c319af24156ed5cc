import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { BodySink, HttpContext, HttpRequest } from '@windhover/core';
import type { RequestInternals } from './node-internals.ts';
import type { SocketStandIn } from './socket-stand-in.ts';

/** The internals of an `IncomingMessage` beside its public types. */
export interface HookedRequest extends IncomingMessage, RequestInternals {
  [owned]: RequestOwner;
  [reader]: BodyReader | null;
}

const owned = Symbol('owner');
const reader = Symbol('reader');

/** The interface between the request and its exchange. */
export interface RequestOwner {
  /** Whether the exchange is settled. If the request is destroyed after that, the client has not left, so no abort is reported. */
  readonly isSettled: boolean;
  /** The rest of the body will not arrive, or the server refused it. */
  bodyFailed(error: Error): void;
}

/**
 * A real `IncomingMessage` that reads from the context's request. Our methods are properties of the instance, because frameworks replace
 * its prototype; all instances share the same functions.
 */
export function incomingRequest(context: HttpContext, socket: SocketStandIn, owner: RequestOwner): HookedRequest {
  const { request } = context;
  const message = new IncomingMessage(socket as unknown as Socket) as HookedRequest;
  message.method = request.method;
  message.url = request.url;
  message.httpVersion = request.httpVersion;
  message.httpVersionMajor = request.httpVersion === '2.0' ? 2 : 1;
  message.httpVersionMinor = request.httpVersion === '1.1' ? 1 : 0;
  const lines = toLines(request.headers.fields);
  const isFramed = request.headers.has('content-length') || request.headers.has('transfer-encoding');
  const hasBody = isFramed || request.body.length !== 0;
  // In HTTP/2 a body needs neither field, but parsers of bodies look for one of them to know that there is a body.
  if (hasBody && !isFramed) lines.push('transfer-encoding', 'chunked');
  message._addHeaderLines(lines, lines.length);
  message.complete = !hasBody;
  Object.assign(message, expressFields);
  message[owned] = owner;
  message[reader] = hasBody ? new BodyReader(message, request, socket, owner) : null;
  message._read = read;
  message._destroy = destroy;
  return message;
}

/**
 * The properties that Express, Connect and their router add to a request. They add them after they have replaced the prototype, and then V8
 * creates a hidden class per property and object, which took half the time of a small Express answer.
 */
const expressFields = {
  next: undefined,
  baseUrl: undefined,
  originalUrl: undefined,
  _parsedUrl: undefined,
  params: undefined,
  res: undefined,
  route: undefined,
};

function read(this: IncomingMessage): void {
  const message = this as HookedRequest;
  message._consuming = true;
  if (message[reader] === null) message.push(null);
  else message[reader].read();
}

function destroy(this: IncomingMessage, error: Error | null, callback: (error?: Error | null) => void): void {
  const message = this as HookedRequest;
  if ((!message.readableEnded || !message.complete) && !message[owned].isSettled) {
    message.aborted = true;
    message.emit('aborted');
    message.socket.destroy(error ?? undefined);
  }
  // As in `node:http`: an error is emitted only if somebody listens for it.
  process.nextTick(() => callback(message.listenerCount('error') === 0 ? null : error));
}

/** Pushes the body into the message, and stops while the message's buffer is full. */
class BodyReader implements BodySink {
  private readonly message: HookedRequest;
  private readonly request: HttpRequest;
  private readonly socket: SocketStandIn;
  private readonly owner: RequestOwner;
  private isStarted = false;
  private isFull = false;

  constructor(message: HookedRequest, request: HttpRequest, socket: SocketStandIn, owner: RequestOwner) {
    this.message = message;
    this.request = request;
    this.socket = socket;
    this.owner = owner;
  }

  read(): void {
    const { body } = this.request;
    if (!this.isStarted) {
      this.isStarted = true;
      body.start(this, 'the hosted application');
    } else if (this.isFull) {
      this.isFull = false;
      body.resume();
    }
  }

  write(chunk: Uint8Array, given?: boolean): boolean {
    this.socket.received(chunk.byteLength);
    const own = given === true ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.from(chunk);
    this.isFull = !this.message.push(own);
    return !this.isFull;
  }

  end(): void {
    const { message, request } = this;
    message.complete = true;
    const lines = toLines(request.body.trailers?.fields ?? []);
    if (lines.length > 0) message._addHeaderLines(lines, lines.length);
    message.push(null);
  }

  fail(error: Error): void {
    this.owner.bodyFailed(error);
  }
}

/** Turns triples `name, value, spelling` into the flat list that `node:http` uses. */
function toLines(fields: readonly string[]): string[] {
  const lines: string[] = [];
  for (let index = 0; index < fields.length; index += 3) lines.push(fields[index + 2]!, fields[index + 1]!);
  return lines;
}
