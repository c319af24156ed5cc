import type { HttpContext } from '@windhover/core';
import { abortError } from './abort-error.ts';
import { forwardMembers } from './forward-members.ts';
import { NativeRequest, NativeResponse } from './natives.ts';
import { requestUrl } from './request-url.ts';
import { toHeaders } from './to-headers.ts';
import { toReadableStream } from './to-readable-stream.ts';

/**
 * A `Request` whose parts are created on demand. Method, URL, headers, signal and whole bodies come directly from the exchange; everything
 * else comes from a real `Request`.
 */
export class LightRequest {
  readonly context: HttpContext;
  private currentUrl: string | null = null;
  private currentHeaders: Headers | null = null;
  private real: Request | null = null;
  private isUsed = false;
  private abortController: AbortController | null = null;

  constructor(context: HttpContext) {
    this.context = context;
  }

  get method(): string {
    return this.context.request.method;
  }

  get url(): string {
    this.currentUrl ??= requestUrl(this.context);
    return this.currentUrl;
  }

  get headers(): Headers {
    this.currentHeaders ??= toHeaders(this.context.request);
    return this.currentHeaders;
  }

  /** Aborts with an `AbortError` when the exchange ends before its response is sent. The error's `cause` is the reason. */
  get signal(): AbortSignal {
    if (this.abortController === null) {
      const controller = new AbortController();
      this.abortController = controller;
      this.context.onAbort((reason) => controller.abort(abortError(reason)));
    }
    return this.abortController.signal;
  }

  get bodyUsed(): boolean {
    return this.real?.bodyUsed ?? this.isUsed;
  }

  get body(): ReadableStream<Uint8Array> | null {
    return hasBody(this.context) ? (toRealRequest(this).body as ReadableStream<Uint8Array>) : null;
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.read());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await this.read()); // copy: the pipeline keeps its own bytes
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer as ArrayBuffer;
  }

  async blob(): Promise<Blob> {
    return this.wrap(await this.read()).blob();
  }

  async formData(): Promise<FormData> {
    return this.wrap(await this.read()).formData();
  }

  /** Creates a real `Request` with the same content. Throws the errors of `new Request`. */
  toReal(): Request {
    if (this.real !== null) return this.real;
    const { method, url, headers, signal, context } = this;
    const body = hasBody(context) ? toReadableStream(context.request.body) : null;
    const isSpent = this.isUsed && body !== null;
    this.real = new NativeRequest(url, { method, headers, body, signal, duplex: 'half' });
    if (isSpent) this.real.body?.cancel().catch(() => undefined); // already read, so the real one must be unusable too
    return this.real;
  }

  /** The same request with another URL and other headers; `null` if its body is in use, which then takes a real `Request`. */
  changed(url: string, headers: Headers): LightRequest | null {
    if (this.real !== null || this.isUsed) return null;
    const changed = new LightRequest(this.context);
    changed.currentUrl = url;
    changed.currentHeaders = headers;
    changed.abortController = this.abortController;
    return changed;
  }

  private async read(): Promise<Uint8Array> {
    if (this.real !== null) return new Uint8Array(await this.real.arrayBuffer());
    if (!hasBody(this.context)) return new Uint8Array(0);
    if (this.isUsed) throw new TypeError('Body is unusable: Body has already been read');
    this.isUsed = true;
    return this.context.request.body.bytes();
  }

  private wrap(bytes: Uint8Array): Response {
    const type = this.headers.get('content-type');
    return new NativeResponse(bytes, type === null ? {} : { headers: { 'Content-Type': type } });
  }
}

/** In the Fetch standard, GET and HEAD never have a body. */
function hasBody({ request }: HttpContext): boolean {
  return request.method !== 'GET' && request.method !== 'HEAD' && request.body.length !== 0;
}

/** Returns the real `Request` of a light one, and any other value unchanged. */
export function toRealRequest<T>(input: T): T extends LightRequest ? Request : T {
  return (input instanceof LightRequest ? input.toReal() : input) as T extends LightRequest ? Request : T;
}

// Makes `instanceof Request` hold, and takes all other members of Request from a real one.
forwardMembers(LightRequest, NativeRequest);
