import type { ServerResponse } from 'node:http';
import type { ResponseInternals } from './node-internals.ts';
import type { Write } from './outgoing-body.ts';

/** Receives the calls of `writeHead`, `write`, `end` and `flushHeaders` of a hooked response. */
export interface HookOwner {
  readonly below: ResponseMethods;
  /** Whether the answer is held back: the application's writes then come here. */
  readonly isTaking: boolean;
  /** Whether another body is sent than the application's. The application may then go on writing, even after its end. */
  readonly isReplaced: boolean;
  headDecided(): void;
  flushed(): void;
  wrote(write: Write): boolean;
  ended(): void;
  /** Counts a chunk that is passed straight to Node. */
  passed(chunk: string | Uint8Array, encoding: BufferEncoding | undefined): void;
}

/** The methods before they were hooked: Node's, or those of an earlier interceptor. */
export interface ResponseMethods {
  writeHead(this: ServerResponse, status: number, reason?: string | HeadersGiven, given?: HeadersGiven): ServerResponse;
  write(this: ServerResponse, chunk: unknown, encoding?: BufferEncoding, callback?: () => void): boolean;
  end(this: ServerResponse, chunk?: unknown, encoding?: BufferEncoding, callback?: () => void): ServerResponse;
  flushHeaders(this: ServerResponse): void;
}

/** A response with our hooks. */
export type HookableResponse = ServerResponse &
  Pick<ResponseInternals, '_header' | '_hasBody' | '_trailer'> & {
    [owner]: HookOwner;
    getRawHeaderNames(): string[];
  };

const owner = Symbol('windhover.owner');

/**
 * Puts the hooks where interceptors put theirs, so that later interceptors act first and earlier ones act last. All responses share the
 * functions, so a request only pays for a few properties.
 */
export function hookResponse(response: HookableResponse, by: HookOwner): void {
  response[owner] = by;
  response.writeHead = hookedWriteHead as HookableResponse['writeHead'];
  response.write = hookedWrite as HookableResponse['write'];
  response.end = hookedEnd as HookableResponse['end'];
  response.flushHeaders = hookedFlushHeaders;
}

/** The current four methods of a response. */
export function methodsOf(response: ServerResponse): ResponseMethods {
  const { writeHead, write, end, flushHeaders } = response;
  return { writeHead, write, end, flushHeaders } as ResponseMethods;
}

function hookedWriteHead(
  this: HookableResponse,
  status: number,
  reason?: string | HeadersGiven,
  given?: HeadersGiven,
): ServerResponse {
  const answer = this[owner];
  const isFinal = status >= 200 && status <= 999;
  // Node itself reports calls in the wrong order.
  if (!answer.isTaking || this._header !== null || !isFinal) {
    return answer.below.writeHead.call(this, status, reason, given);
  }
  setHeaders(this, typeof reason === 'string' ? given : (given ?? reason));
  this.statusCode = Math.trunc(status);
  if (typeof reason === 'string') this.statusMessage = reason;
  answer.headDecided();
  return this;
}

function hookedWrite(
  this: HookableResponse,
  chunk: string | Uint8Array,
  encoding?: BufferEncoding | (() => void),
  callback?: () => void,
): boolean {
  const answer = this[owner];
  if (answer.isReplaced) return answer.wrote(toWrite(chunk, encoding, callback));
  const isWritable = typeof chunk === 'string' || chunk instanceof Uint8Array;
  if (!answer.isTaking || !isWritable || this.finished || this.destroyed) {
    if (isWritable) answer.passed(chunk, typeof encoding === 'string' ? encoding : undefined);
    return answer.below.write.call(this, chunk, encoding as BufferEncoding, callback);
  }
  if (this._header === null) this.writeHead(this.statusCode);
  return answer.wrote(toWrite(chunk, encoding, callback));
}

function hookedEnd(
  this: HookableResponse,
  chunk?: string | Uint8Array | (() => void) | null,
  encoding?: BufferEncoding | (() => void),
  callback?: () => void,
): ServerResponse {
  const answer = this[owner];
  const content = typeof chunk === 'function' ? null : (chunk ?? null);
  if (answer.isReplaced) {
    if (content) answer.wrote(toWrite(content, encoding, undefined));
    answer.ended();
    return this;
  }
  const isWritable = !content || typeof content === 'string' || content instanceof Uint8Array;
  if (!answer.isTaking || !isWritable || this.finished || this.destroyed) {
    if (content && isWritable) answer.passed(content, typeof encoding === 'string' ? encoding : undefined);
    return answer.below.end.call(this, chunk, encoding as BufferEncoding, callback);
  }
  const told = typeof chunk === 'function' ? chunk : typeof encoding === 'function' ? encoding : callback;
  if (this._header === null) this.writeHead(this.statusCode);
  if (content) answer.wrote(toWrite(content, encoding, undefined));
  if (typeof told === 'function') this.once('finish', told);
  this.finished = true;
  answer.ended();
  return this;
}

function hookedFlushHeaders(this: HookableResponse): void {
  const answer = this[owner];
  if (!answer.isTaking) {
    answer.below.flushHeaders.call(this);
    return;
  }
  if (this._header === null) this.writeHead(this.statusCode);
  answer.flushed();
}

function toWrite(
  data: string | Uint8Array,
  encoding: BufferEncoding | (() => void) | undefined,
  callback: (() => void) | undefined,
): Write {
  const told = typeof encoding === 'function' ? encoding : callback;
  return { data, encoding: typeof encoding === 'string' ? encoding : 'utf8', callback: told ?? null };
}

/** The headers that `writeHead` takes: an object, a flat list, or a list of pairs. */
type HeadersGiven = Readonly<Record<string, number | string | string[]>> | readonly unknown[];

function setHeaders(response: ServerResponse, given: HeadersGiven | undefined): void {
  if (given === undefined || given === null) return;
  if (!Array.isArray(given)) {
    for (const [name, value] of Object.entries(given as Record<string, string>))
      if (name !== '') response.setHeader(name, value);
    return;
  }
  const flat = (Array.isArray(given[0]) ? given.flat(1) : given) as string[];
  const replaced = new Set<string>();
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index]!;
    if (replaced.has(name.toLowerCase())) response.appendHeader(name, flat[index + 1]!);
    else response.setHeader(name, flat[index + 1]!);
    replaced.add(name.toLowerCase());
  }
}
