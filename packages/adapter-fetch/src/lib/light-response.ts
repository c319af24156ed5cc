import { Readable } from 'node:stream';
import { fetchError } from './errors.ts';
import { forwardMembers } from './forward-members.ts';
import { NativeResponse } from './natives.ts';

/** What a light response can be made of without a real one. */
export type LightBody = string | Uint8Array | ReadableStream | null;

const namePattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Visible at both ends: a real one would trim. */
const valuePattern = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

const inherits = Function.prototype[Symbol.hasInstance];

/**
 * A `Response` that keeps what it was made of, so that a server can send it without a stream and without `Headers`. Whatever it
 * cannot keep exactly, and whatever else is asked of it, is a real `Response`.
 */
export class LightResponse {
  readonly #isLight = true;
  readonly status: number = 200;
  private content: LightBody = null;
  private pairs: string[] | null = null;
  private currentHeaders: Headers | null = null;
  private real: Response | null = null;
  private isTaken = false;

  constructor(body?: unknown, init?: ResponseInit) {
    const pairs = readHeaders(init?.headers);
    const isKept =
      isLightBody(body) && pairs !== null && (init === undefined || init === null || isLightInit(init, body));
    if (!isKept) {
      this.real = new NativeResponse(body as ConstructorParameters<typeof Response>[0], init);
      this.status = this.real.status;
      return;
    }
    this.status = init?.status ?? 200;
    this.content = body instanceof Uint8Array ? new Uint8Array(body) : (body ?? null);
    this.pairs = pairs;
    if (typeof body === 'string' && !hasType(pairs)) pairs.push('content-type', 'text/plain;charset=UTF-8');
  }

  /** A subclass inherits it and means itself. */
  static [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: which class is asked is the question
    return this === LightResponse ? value instanceof NativeResponse : inherits.call(this, value);
  }

  /** Whether `value` is a light one; `instanceof` says yes to every Response. */
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

  clone(): Response {
    const copy = this.toReal().clone();
    if (this.currentHeaders === null) return copy;
    return new NativeResponse(copy.body, { status: this.status, headers: this.currentHeaders });
  }

  toReal(): Response {
    if (this.real !== null) return this.real;
    const { status, content } = this;
    this.real = new NativeResponse(content as ConstructorParameters<typeof Response>[0], {
      status,
      headers: this.headers,
    });
    if (this.isTaken) this.real.body?.cancel().catch(() => undefined);
    return this.real;
  }

  /** What to send, once; `null` when a real one was made and has to be sent instead. */
  take(): { readonly body: LightBody; readonly pairs: readonly string[] | null } | null {
    if (this.real !== null) return null;
    if (this.isTaken) throw fetchError('FETCH_RESPONSE_INVALID', 'its body was sent before');
    this.isTaken = this.content !== null;
    return { body: this.content, pairs: this.currentHeaders === null ? this.pairs : null };
  }
}

function isLightBody(body: unknown): body is LightBody | undefined {
  if (typeof body === 'string' || body === null || body === undefined) return true;
  if (body instanceof Uint8Array) return !(body.buffer instanceof SharedArrayBuffer);
  return body instanceof ReadableStream && !body.locked && !Readable.isDisturbed(body as never); // a real one refuses what was read
}

function isLightInit(init: ResponseInit, body: unknown): boolean {
  const { status = 200, statusText } = init;
  if (statusText !== undefined && statusText !== '') return false;
  if (!Number.isInteger(status) || status < 200 || status > 599) return false;
  return body === null || body === undefined || (status !== 204 && status !== 205 && status !== 304);
}

function hasType(pairs: readonly string[]): boolean {
  for (let index = 0; index < pairs.length; index += 2) if (pairs[index] === 'content-type') return true;
  return false;
}

/** Lower-case names and values in turn; `null` for what only the platform should read. */
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

forwardMembers(LightResponse, NativeResponse, ['status']);
Object.setPrototypeOf(LightResponse, NativeResponse); // `Response.json`, `.redirect` and `.error`
