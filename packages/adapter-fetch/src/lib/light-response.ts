import { Readable } from 'node:stream';
import { type Body, bodyLength } from '@windhover/core';
import { fetchError } from './errors.ts';
import { forwardMembers } from './forward-members.ts';
import { NativeResponse } from './natives.ts';

/** The bodies that a light response can hold without a real one. */
export type LightBody = string | Uint8Array | ReadableStream | null;

/** The content behind streams that `body` returned, so that `new Response(response.body, response)` does not need a stream again. */
const sources = new WeakMap<ReadableStream, string | Uint8Array>();

const namePattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Starts and ends with a visible character: a real Response would trim the value. */
const valuePattern = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;
const statusTextPattern = /^[\t\x20-\x7e\x80-\xff]*$/;

const inherits = Function.prototype[Symbol.hasInstance];

/**
 * A `Response` that keeps its original body and headers, so that a server can send it without a stream and without `Headers`. For values
 * that it cannot keep exactly, and for all other members, it creates a real `Response`.
 */
export class LightResponse {
  readonly #isLight = true;
  readonly status: number = 200;
  readonly statusText: string = '';
  /** The length of the body if only the real response has that body, or if the body was removed for HEAD. */
  readonly knownLength: number | null = null;
  private content: LightBody = null;
  /** The stream that `content` was taken from. */
  private stream: ReadableStream | null = null;
  private pairs: string[] | null = null;
  private hasUsualType = false;
  private currentHeaders: Headers | null = null;
  private real: Response | null = null;
  private isTaken = false;

  constructor(body?: unknown, init?: ResponseInit) {
    const pairs = readHeaders(init?.headers);
    const content = pairs === null || !isLightInit(init, body) ? undefined : toLightBody(body);
    if (pairs === null || content === undefined) {
      this.real = new NativeResponse(body as ConstructorParameters<typeof Response>[0], init);
      this.status = this.real.status;
      this.statusText = this.real.statusText;
      if (body instanceof Blob) this.knownLength = body.size;
      return;
    }
    this.status = init?.status ?? 200;
    this.statusText = init?.statusText ?? '';
    this.content = content;
    if (body instanceof ReadableStream && content !== body) this.stream = body;
    if (content === null && LightResponse.isLight(init)) this.knownLength = init.contentLength();
    this.pairs = pairs;
    const type = usualType(body);
    this.hasUsualType = type !== null && !hasType(pairs);
    if (type !== null && this.hasUsualType) pairs.push('content-type', type);
  }

  static json(value: unknown, init?: ResponseInit): Response {
    const text = JSON.stringify(value) as string | undefined;
    const response = text === undefined ? null : new LightResponse(text, init);
    if (response === null || response.pairs === null) return NativeResponse.json(value, init);
    if (response.hasUsualType) response.pairs[response.pairs.length - 1] = 'application/json';
    return response as unknown as Response;
  }

  /** Subclasses inherit this method, and then it checks for the subclass. */
  static [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: the result depends on the class that is asked
    return this === LightResponse ? value instanceof NativeResponse : inherits.call(this, value);
  }

  /** Whether `value` is a light response. `instanceof` is true for every Response. */
  static isLight(value: unknown): value is LightResponse {
    return typeof value === 'object' && value !== null && #isLight in value;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  get headers(): Headers {
    if (this.real !== null && this.currentHeaders === null) return this.real.headers;
    this.currentHeaders ??= makeHeaders(this.pairs ?? []);
    return this.currentHeaders;
  }

  get body(): ReadableStream | null {
    const { content, isTaken } = this;
    const { body } = this.toReal();
    const isWhole = typeof content === 'string' || content instanceof Uint8Array;
    if (body !== null && isWhole && !isTaken) sources.set(body, content);
    return body;
  }

  clone(): Response {
    const { content, status, statusText } = this;
    if (this.real !== null || this.stream !== null || this.isTaken || content instanceof ReadableStream) {
      return this.cloneReal();
    }
    const copy = new LightResponse(content, { status, statusText });
    copy.pairs = this.currentHeaders === null ? [...(this.pairs ?? [])] : [...this.currentHeaders].flat();
    return copy as unknown as Response;
  }

  toReal(): Response {
    if (this.real !== null) return this.real;
    const { status, statusText, headers } = this;
    const content = this.stream ?? this.content;
    this.real = new NativeResponse(content as ConstructorParameters<typeof Response>[0], {
      status,
      statusText,
      headers,
    });
    if (this.isTaken) this.real.body?.cancel().catch(() => undefined);
    return this.real;
  }

  /** Returns the content to send, once; `null` if a real response was created and must be sent instead. */
  take(): { readonly body: LightBody; readonly pairs: readonly string[] | null } | null {
    if (this.real !== null || (this.stream !== null && !isFresh(this.stream))) return null;
    if (this.isTaken) throw fetchError('FETCH_RESPONSE_INVALID', 'its body was sent before');
    this.isTaken = this.content !== null;
    this.stream?.cancel().catch(() => undefined); // users of the stream must see that it is used
    return { body: this.content, pairs: this.currentHeaders === null ? this.pairs : null };
  }

  private contentLength(): number | null {
    if (this.knownLength !== null || this.pairs === null) return this.knownLength;
    return bodyLength(this.content as Body);
  }

  private cloneReal(): Response {
    const copy = this.toReal().clone();
    if (this.currentHeaders === null) return copy;
    const { status, statusText } = this;
    return new NativeResponse(copy.body, { status, statusText, headers: this.currentHeaders });
  }
}

/** Converts a body to one that can be kept; `undefined` if only the platform can send it. */
function toLightBody(body: unknown): LightBody | undefined {
  if (body === undefined || body === null) return null;
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  if (body instanceof ArrayBuffer) return new Uint8Array(body.slice(0));
  if (ArrayBuffer.isView(body)) {
    const { buffer, byteOffset, byteLength } = body;
    return buffer instanceof ArrayBuffer
      ? new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength))
      : undefined;
  }
  if (!(body instanceof ReadableStream) || !isFresh(body)) return undefined; // let a real Response refuse a stream that was read
  return sources.get(body) ?? body;
}

function isFresh(stream: ReadableStream): boolean {
  return !stream.locked && !Readable.isDisturbed(stream as never);
}

/** The content type that a body implies when no header sets one. */
function usualType(body: unknown): string | null {
  if (typeof body === 'string') return 'text/plain;charset=UTF-8';
  return body instanceof URLSearchParams ? 'application/x-www-form-urlencoded;charset=UTF-8' : null;
}

function isLightInit(init: ResponseInit | null | undefined, body: unknown): boolean {
  if (init === undefined || init === null) return true;
  const { status = 200, statusText = '' } = init;
  if (typeof statusText !== 'string' || !statusTextPattern.test(statusText)) return false;
  if (!Number.isInteger(status) || status < 200 || status > 599) return false;
  return body === null || body === undefined || (status !== 204 && status !== 205 && status !== 304);
}

function hasType(pairs: readonly string[]): boolean {
  for (let index = 0; index < pairs.length; index += 2) if (pairs[index] === 'content-type') return true;
  return false;
}

/** Returns lower-case names and values alternately; `null` if the platform should read the headers. */
function readHeaders(init: unknown): string[] | null {
  if (init === undefined) return [];
  if (init === null || typeof init !== 'object') return null;
  const pairs: string[] = [];
  if (init instanceof Headers) {
    for (const [name, value] of init) pairs.push(name, value);
    return pairs;
  }
  if (Object.getPrototypeOf(init) !== Object.prototype) return null;
  for (const name of Object.keys(init)) {
    const value: unknown = (init as Record<string, unknown>)[name];
    const lower = name.toLowerCase();
    const isKept = typeof value === 'string' && namePattern.test(name) && valuePattern.test(value);
    if (!isKept || pairs.includes(lower)) return null;
    pairs.push(lower, value);
  }
  return pairs;
}

function makeHeaders(pairs: readonly string[]): Headers {
  const headers = new Headers();
  for (let index = 0; index < pairs.length; index += 2) headers.append(pairs[index]!, pairs[index + 1]!);
  return headers;
}

forwardMembers(LightResponse, NativeResponse, ['status', 'statusText']);
Object.setPrototypeOf(LightResponse, NativeResponse); // for `Response.redirect` and `Response.error`
