import { IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import { performance } from 'node:perf_hooks';
import {
  type HeaderInit,
  HttpContext,
  HttpError,
  HttpHeaders,
  type Logger,
  type Middleware,
  type Outcome,
} from '@windhover/core';
import { Exchange, toError } from '@windhover/core/engine';
import { connectionFacts } from './connection-facts.ts';
import { connectError } from './errors.ts';
import { GuestResponse, type GuestResponseOwner } from './guest-response.ts';
import { ignoreWrites } from './ignore-writes.ts';
import { LiveResponse } from './live-response.ts';
import { MessageRequest } from './message-request.ts';
import { onEnd } from './response-end.ts';
import type { HookableResponse } from './response-hooks.ts';
import { shareShape } from './share-shape.ts';

/** What stands behind a middleware: called without an error it goes on. */
export type Next = (error?: unknown) => void;

/** What every exchange of one `toConnect` shares. */
export interface GuestSettings {
  readonly maxRequestBodyBytes: number | null;
  readonly log: Logger;
}

/** One middleware on its way through the request. */
interface Layer {
  readonly rest: Next | null;
  /** Whether `rest` takes errors to the application's error handlers. */
  readonly takesErrors: boolean;
  /** The one around it that has not finished. */
  outer: Layer | null;
  /** The context's URL before it, when that differs within the place where it is mounted. */
  readonly urlBefore: string | null;
  next: 'uncalled' | 'running' | 'settled';
  /** Whether nobody waits for its `next` any more. */
  isDetached: boolean;
  /** What its `next` gave it, unless that has settled at once. */
  pending: Promise<void> | null;
  resolve: (() => void) | null;
  reject: ((error: unknown) => void) | null;
}

const exchangeKey = Symbol.for('windhover.connect.exchange');

/** One request of a Node server as Windhover middlewares see it. Those of one request share it, and with it one context. */
export class GuestExchange extends Exchange implements GuestResponseOwner {
  readonly context: HttpContext;
  readonly log: Logger;
  private readonly message: IncomingMessage;
  private readonly request: MessageRequest;
  private readonly response: HookableResponse;
  private readonly answer: GuestResponse;
  private isWatched = false;
  /** Of those that have not finished. A middleware goes on when everything within it has. */
  private innermost: Layer | null = null;
  /** Calls of the application's `next` that are on the stack. */
  private depth = 0;

  private constructor(message: IncomingMessage, response: ServerResponse, settings: GuestSettings) {
    super();
    shareShape(message, IncomingMessage.prototype);
    shareShape(response, ServerResponse.prototype);
    const hookable = response as HookableResponse;
    const live = new LiveResponse(hookable);
    this.message = message;
    this.request = new MessageRequest(message, settings.maxRequestBodyBytes);
    this.log = settings.log;
    this.response = hookable;
    this.context = new HttpContext(this.request, connectionFacts(message.socket), this, live);
    this.answer = new GuestResponse(live, hookable, this);
  }

  /** The exchange of a request, made by the first middleware. Throws an `HttpError` when target or host is refused. */
  static of(message: IncomingMessage, response: ServerResponse, settings: GuestSettings): GuestExchange {
    const holder = message as IncomingMessage & { [exchangeKey]?: GuestExchange };
    holder[exchangeKey] ??= new GuestExchange(message, response, settings);
    return holder[exchangeKey];
  }

  runMiddleware(middleware: Middleware<HttpContext>, rest: Next | null, takesErrors: boolean): void {
    const { context } = this;
    const layer: Layer = {
      rest,
      takesErrors,
      outer: this.innermost,
      urlBefore: this.enter(),
      next: 'uncalled',
      isDetached: false,
      pending: null,
      resolve: null,
      reject: null,
    };
    this.innermost = layer;
    let pending: void | Promise<void>;
    try {
      pending = middleware(context, (given) => this.callRest(layer, given));
    } catch (error) {
      this.layerFailed(layer, error);
      return;
    }
    if (typeof pending?.then !== 'function') this.done(layer);
    else
      pending.then(
        () => this.done(layer),
        (error) => this.layerFailed(layer, error),
      );
  }

  /** Milliseconds since the epoch. Asked only where somebody waits for the end: most answers do without the clock. */
  now(): number {
    return performance.timeOrigin + performance.now();
  }

  override get signal(): AbortSignal {
    this.watch();
    return super.signal;
  }

  override onAbort(listener: (reason: Error) => void): void {
    this.watch();
    super.onAbort(listener);
  }

  override onSent(listener: (outcome: Outcome) => void): void {
    this.watch();
    super.onSent(listener);
  }

  override abort(reason: Error): void {
    const isFirst = this.state === 'handling' && this.abortReason === null;
    super.abort(reason);
    if (!isFirst) return;
    ignoreWrites(this.response);
    this.release(reason);
  }

  inform(status: number, headers: HeaderInit): void {
    this.answer.inform(status, headers);
  }

  /** The application has decided its head. */
  headDecided(): void {
    // A call of `next` that is still on the stack looks for itself; by then it may have written everything.
    if (this.depth === 0) queueMicrotask(() => this.settle());
  }

  streamBegun(): void {
    this.watch();
  }

  bodyFailed(error: Error): void {
    this.end = 'handler-failed';
    this.error = error;
    this.log.warn('A response was cut off', { path: this.context.request.path, error });
  }

  protected override statusText(status: number): string {
    return STATUS_CODES[status] ?? '';
  }

  protected override respond(): void {
    if (this.response.destroyed) {
      this.drop();
      return;
    }
    if (!this.context.response.isAnswered) this.answer.take();
    super.respond(0);
  }

  protected override refuse(error: unknown): boolean {
    this.answer.take();
    this.answer.answer.ignore();
    return super.refuse(error);
  }

  protected prepare(): void {
    if (this.context.response.upgrade !== null) throw connectError('CONNECT_UPGRADE');
  }

  protected send(): void {
    if (this.hasSentListeners) this.headAt = this.now();
    try {
      this.answer.send();
    } catch (error) {
      // Node does not send it, for a status that is none for instance, or a hook below.
      if (this.end === 'handler-failed' || this.answer.hasHead) throw error;
      this.refuse(error);
      this.end = 'handler-failed';
      this.answer.send();
    }
    this.status = this.context.response.status;
  }

  protected cut(reason: Error): void {
    this.watch();
    if (this.end !== 'handler-failed') this.error = reason;
    this.end = 'handler-failed';
    this.response.destroy();
  }

  /** Tells of the end from now on. */
  private watch(): void {
    if (this.isWatched) return;
    this.isWatched = true;
    this.startedAt = this.now();
    onEnd(this.response, (isWritten) => this.closed(isWritten));
  }

  private closed(isWritten: boolean): void {
    // An answer that is held back looks written to Node.
    if (!isWritten || !this.answer.hasHead) {
      const reason = this.end === 'handler-failed' ? this.error! : connectError('CONNECT_CLIENT_LEFT');
      if (this.end !== 'handler-failed') this.end = 'client-closed';
      this.error = reason;
      this.state = 'done';
      this.tellAborted(reason);
      this.answer.letGo(reason);
      this.release(reason);
    }
    this.bytesSent = this.answer.bytesSent;
    this.over();
  }

  /** Nobody waits for an answer of the application any more. */
  private release(reason: Error): void {
    for (let layer = this.innermost; layer !== null; layer = layer.outer) {
      if (layer.next !== 'running') continue;
      layer.next = 'settled';
      layer.pending?.catch(() => undefined); // who has dropped it need not hear of it
      layer.reject?.(reason);
      if (layer.isDetached) this.remove(layer);
    }
  }

  /** Whether the application has decided its head. */
  private get isDecided(): boolean {
    return this.answer.answer.state !== 'open';
  }

  /** Whether nobody waits for what comes of it: it has left, or something else was answered. */
  private get isGone(): boolean {
    return this.state !== 'handling' || this.answer.isOver;
  }

  /** Where it is mounted, an application sees the rest of the URL only. */
  private enter(): string | null {
    const { request } = this;
    const url = this.message.url!;
    if (url === request.url || url === request.target) return null;
    const before = request.url;
    request.rewrite(url);
    return before;
  }

  private callRest(layer: Layer, given: HttpContext): void | Promise<void> {
    if (given !== this.context) throw connectError('CONNECT_FORK');
    if (layer.next !== 'uncalled') throw connectError('CONNECT_NEXT_TWICE');
    layer.next = 'settled';
    if (layer.rest === null) return;
    if (this.isGone) throw this.abortReason ?? connectError('CONNECT_CLIENT_LEFT');
    layer.next = 'running';
    if (!this.isDecided) this.callApplication(layer, layer.rest);
    if (this.isDecided) this.settle();
    if (!isRunning(layer)) return;
    layer.pending = new Promise((resolve, reject) => {
      layer.resolve = resolve;
      layer.reject = reject;
    });
    this.watch();
    return layer.pending;
  }

  private callApplication(layer: Layer, rest: Next): void {
    this.request.updateMessage();
    this.depth += 1;
    try {
      const pending = rest() as unknown as Promise<unknown> | undefined;
      if (typeof pending?.then === 'function') pending.then(undefined, (error) => this.applicationFailed(error));
    } catch (error) {
      if (this.isDecided) this.applicationFailed(error);
      else {
        layer.next = 'settled';
        throw error;
      }
    } finally {
      this.depth -= 1;
    }
  }

  /** The innermost middleware that waits goes on. */
  private settle(): void {
    const layer = this.innermost;
    if (layer === null || !isRunning(layer)) return;
    this.answer.take();
    layer.next = 'settled';
    if (layer.isDetached) this.finish(layer);
    else layer.resolve?.();
  }

  private done(layer: Layer): void {
    // It dropped the promise of `next`; the application's answer is waited for all the same.
    if (isRunning(layer) && !this.isGone) layer.isDetached = true;
    else this.finish(layer);
  }

  private layerFailed(layer: Layer, error: unknown): void {
    if (this.isGone) {
      this.finish(layer);
    } else if (layer.next === 'uncalled' && layer.rest !== null && layer.takesErrors && !this.isDecided) {
      this.giveToApplication(layer, layer.rest, error);
    } else {
      layer.next = 'settled';
      this.refuse(error);
      this.finish(layer);
    }
  }

  /** Its error handlers answer, and who stands around the middleware sees that answer. */
  private giveToApplication(layer: Layer, fail: Next, error: unknown): void {
    layer.next = 'running';
    layer.isDetached = true;
    this.context.response.reset();
    this.depth += 1;
    try {
      fail(withPlainHeaders(error));
    } finally {
      this.depth -= 1;
    }
    if (this.isDecided) this.settle();
  }

  private finish(layer: Layer): void {
    this.remove(layer);
    if (layer.urlBefore !== null) this.context.request.rewrite(layer.urlBefore);
    if (this.innermost === null) this.respond();
    else this.settle();
  }

  private remove(layer: Layer): void {
    let inner: Layer | null = null;
    for (let each = this.innermost; each !== layer && each !== null; each = each.outer) inner = each;
    if (inner === null) this.innermost = layer.outer;
    else inner.outer = layer.outer;
  }

  private applicationFailed(error: unknown): void {
    let layer = this.innermost;
    while (layer !== null && !isRunning(layer)) layer = layer.outer;
    if (this.isDecided || layer === null) {
      this.log.error('A listener failed after its answer', { path: this.context.request.path, error });
      if (!this.answer.answer.isEnded) this.cut(toError(error));
      return;
    }
    layer.next = 'settled';
    if (layer.isDetached) this.layerFailed(layer, error);
    else layer.reject?.(error);
  }
}

function isRunning(layer: Layer): boolean {
  return layer.next === 'running';
}

/** The context of a request that a `toConnect` middleware has seen, for handlers of the application. */
export function contextOf(message: IncomingMessage): HttpContext | undefined {
  return (message as IncomingMessage & { [exchangeKey]?: GuestExchange })[exchangeKey]?.context;
}

/** Error handlers of applications copy `error.headers` as a plain object; Fastify's fails with `null`, and answers 200. */
function withPlainHeaders(error: unknown): unknown {
  if (!HttpError.is(error)) return error;
  const plain: Record<string, string[]> = {};
  for (const [name, value] of new HttpHeaders(error.headers)) (plain[name] ??= []).push(value);
  return Object.assign(error, { headers: plain });
}
