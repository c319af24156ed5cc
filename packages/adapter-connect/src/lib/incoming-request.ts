import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { BodySink, HttpContext, HttpRequest } from '@windhover/core';
import type { RequestInternals } from './node-internals.ts';
import type { SocketStandIn } from './socket-stand-in.ts';

/** What is there of an `IncomingMessage` beside its public types. */
export interface HookedRequest extends IncomingMessage, RequestInternals {
  [owned]: RequestOwner;
  [reader]: BodyReader | null;
}

const owned = Symbol('owner');
const reader = Symbol('reader');

/** What the request and its exchange know of each other. */
export interface RequestOwner {
  /** Whether what destroys the request is not the client's leaving: nobody is told of an abort then. */
  readonly isSettled: boolean;
  /** The rest of the body will not come, or was refused. */
  bodyFailed(error: Error): void;
}

/**
 * A real `IncomingMessage` that reads from the context's request. What is ours are properties of the instance, the same functions for all:
 * frameworks replace its prototype.
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
  message._addHeaderLines(lines, lines.length);
  const hasBody = request.headers.has('content-length') || request.headers.has('transfer-encoding');
  message.complete = !hasBody;
  Object.assign(message, expressFields);
  message[owned] = owner;
  message[reader] = hasBody ? new BodyReader(message, request, socket, owner) : null;
  message._read = read;
  message._destroy = destroy;
  return message;
}

/**
 * What Express, Connect and the router of both add to a request. They do so after they have replaced its prototype, when V8 makes a hidden
 * class for each new property of each object: that took half the time of a small Express answer.
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
  // As in node:http: an error is only told to who listens for one.
  process.nextTick(() => callback(message.listenerCount('error') === 0 ? null : error));
}

/** Brings the body into the message, at the pace of who reads it. */
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

/** Triples `name, value, spelling` as node:http lists them. */
function toLines(fields: readonly string[]): string[] {
  const lines: string[] = [];
  for (let index = 0; index < fields.length; index += 3) lines.push(fields[index + 2]!, fields[index + 1]!);
  return lines;
}
