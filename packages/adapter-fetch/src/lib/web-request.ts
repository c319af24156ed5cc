import {
  type BodySink,
  type ConnectionInfo,
  disposeBody,
  HttpContext,
  HttpHeaders,
  HttpRequest,
  type PushBody,
  RequestBody,
  toPushBody,
} from '@windhover/core';
import type { ContextExchange } from '@windhover/core/engine';
import { LightRequest } from './light-request.ts';
import { toError } from './to-readable-stream.ts';

const unknownConnection: ConnectionInfo = {
  id: 0,
  transport: 'memory',
  remoteAddress: '',
  remotePort: 0,
  localAddress: '',
  localPort: 0,
  tls: null,
};

/** The facts that the host knows about the connection. */
export type ConnectionFacts = Partial<ConnectionInfo> | undefined;

/** Creates a context for middleware inside a fetch-style host. Throws an `HttpError` (400) for an invalid URL. */
export function makeContext(request: Request, connection: ConnectionFacts, exchange: ContextExchange): HttpContext {
  const outer = request instanceof LightRequest ? request.context : null;
  const url = new URL(request.url);
  const headers = new HttpHeaders(request.headers);
  const length = Number(headers.get('content-length') ?? Number.NaN);
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD' && length !== 0;
  const inner = new HttpRequest({
    method: request.method,
    target: url.pathname + url.search,
    httpVersion: outer?.request.httpVersion ?? '1.1',
    scheme: url.protocol === 'https:' ? 'https' : 'http',
    headers,
    host: url.host,
    body: hasBody ? new RequestBody(new WebBody(request, Number.isNaN(length) ? null : length)) : null,
    upgrade: null,
  });
  const info = { ...(outer?.connection ?? unknownConnection), ...connection };
  const context = new HttpContext(inner, info, exchange);
  if (outer !== null && outer.client.source !== 'connection') context.setClient(outer.client);
  return context;
}

/** Calls `left` when the client has left, or when the code around the middleware has given up. */
export function followClient(request: Request, left: (reason: Error) => void): void {
  if (request instanceof LightRequest) {
    request.context.onAbort(left);
    return;
  }
  const { signal } = request;
  if (signal.aborted) left(toError(signal.reason));
  else signal.addEventListener('abort', () => left(toError(signal.reason)), { once: true });
}

/** The request body of the host. It remains the host's until somebody reads it here. */
export class WebBody implements PushBody {
  readonly length: number | null;
  private readonly request: Request;
  private body: PushBody | null = null;
  private isPaused = false;

  constructor(request: Request, length: number | null) {
    this.request = request;
    this.length = length;
  }

  start(sink: BodySink): void {
    const { request } = this;
    if (request.bodyUsed || request.body?.locked === true) {
      sink.fail(new TypeError('The host has read the body of the request'));
      return;
    }
    this.body = toPushBody(request.body as AsyncIterable<Uint8Array> | null);
    if (this.isPaused) this.body.pause();
    this.body.start(sink);
  }

  pause(): void {
    this.isPaused = true;
    this.body?.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.body?.resume();
  }

  cancel(reason: Error): void {
    if (this.body !== null) this.body.cancel(reason);
    else disposeBody(this.request.body as AsyncIterable<Uint8Array> | null, reason);
  }
}
