import { disposeBody, type HttpContext, HttpError, type Logger, type Middleware, toPushBody } from '@windhover/core';
import { type BodyWatcher, Exchange, toError, WatchedBody } from '@windhover/core/engine';
import { changedRequest, type HostRequest, rememberRequest } from './changed-request.ts';
import { CountedBody } from './counted-body.ts';
import { fetchError } from './errors.ts';
import { HostBody } from './host-body.ts';
import { announcedLength, type ResponseBody, responseHead, withoutBody } from './response-head.ts';
import { sendResponse } from './send-response.ts';
import { toReadableStream } from './to-readable-stream.ts';
import { type ConnectionFacts, followClient, makeContext } from './web-request.ts';

/** One request of a fetch-style host as one middleware sees it, and the Response it produces. */
export class FetchExchange extends Exchange implements BodyWatcher {
  readonly context: HttpContext;
  readonly log: Logger = console; // a fetch-style host offers no other logger
  private readonly before: HostRequest;
  private host: Response | null = null;
  private body: WatchedBody | null = null;
  private resolve: (response: Response) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(request: Request, connection: ConnectionFacts) {
    super();
    this.startedAt = this.now();
    this.context = makeContext(request, connection, this);
    this.before = rememberRequest(request, this.context.request);
    followClient(request, (reason) => this.tellAborted(reason));
  }

  now(): number {
    return Date.now();
  }

  inform(): void {
    // Fetch-style hosts cannot send interim responses.
  }

  /** Rejects with errors that have no status: the host answers those. */
  start(middleware: Middleware<HttpContext>, next: (request: Request) => unknown): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.run((context) => middleware(context, (given) => this.callHost(given, next)));
    });
  }

  bodyEnded(bytes: number, error?: Error): void {
    if (error === undefined) this.ended(bytes);
    else this.failed(bytes, error, 'handler-failed');
  }

  bodyCancelled(bytes: number, reason: Error): void {
    this.failed(bytes, reason, 'client-closed');
  }

  protected override refuse(error: unknown): boolean {
    if (HttpError.is(error)) return super.refuse(error);
    this.drop();
    this.failed(0, toError(error), 'handler-failed');
    this.reject(error);
    return false;
  }

  protected prepare(): void {
    const { request, response } = this.context;
    if (response.upgrade !== null) throw fetchError('FETCH_UPGRADE_UNSUPPORTED', `${request.method} ${request.path}`);
  }

  protected send(now: number): void {
    this.status = this.context.response.status;
    this.headAt = now;
    const head = responseHead(this.context, this.host);
    const body = this.takeBody(announcedLength(this.context));
    this.resolve(new Response(body, head));
    if (this.body === null) this.ended(0);
  }

  protected cut(reason: Error): void {
    if (this.body !== null) this.body.cut(reason);
    else this.failed(0, reason, 'handler-failed');
    this.reject(reason); // only has an effect if the Response could not be built; otherwise the promise is already resolved
  }

  /** @param given our context or a fork of it; untyped programs leave it out */
  private async callHost(given: HttpContext | undefined, next: (request: Request) => unknown): Promise<void> {
    const context = given ?? this.context;
    const result = await next(changedRequest(this.before, context.request));
    const stream = result instanceof Response ? result.body : null;
    const { response } = context;
    sendResponse(context, result);
    const { declaredLength } = response;
    response.takeBody();
    // A wrapper that leaves the host's stream alone until somebody reads it.
    if (stream !== null) response.body = new HostBody(stream as ReadableStream<Uint8Array>);
    response.declaredLength = declaredLength;
    if (context === this.context) this.host = result as Response;
  }

  /** @param length the length that the head announces */
  private takeBody(length: number | null): ResponseBody {
    const { request, response } = this.context;
    const body = response.takeBody();
    if (request.method === 'HEAD' || withoutBody.has(response.status)) {
      disposeBody(body, new Error('The answer has no body'));
      return null;
    }
    if (body === null) return null;
    if (!this.hasSentListeners) {
      if (body instanceof HostBody && body.isUntouched) return this.host!.body;
      if (typeof body === 'string' || body instanceof Uint8Array) return body as string | Uint8Array<ArrayBuffer>;
    }
    this.body = new WatchedBody(new CountedBody(toPushBody(body), length), this);
    return toReadableStream(this.body);
  }

  private ended(bytes: number): void {
    this.bytesSent = bytes;
    this.over();
  }

  private failed(bytes: number, error: Error, end: 'client-closed' | 'handler-failed'): void {
    this.bytesSent = bytes;
    this.end = end;
    this.error = error;
    this.tellAborted(error);
    this.over();
  }
}
