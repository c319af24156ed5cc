import { IncomingMessage, ServerResponse } from 'node:http';
import {
  type HeaderInit,
  type HttpContext,
  HttpError,
  HttpHeaders,
  type Logger,
  type Middleware,
} from '@windhover/core';
import { connectionFacts } from './connection-facts.ts';
import { connectError } from './errors.ts';
import { GuestContext, type WatchedExchange } from './guest-context.ts';
import { GuestResponse } from './guest-response.ts';
import { LiveResponse } from './live-response.ts';
import { MessageRequest } from './message-request.ts';
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
export class GuestExchange implements WatchedExchange {
  readonly context: HttpContext;
  private readonly message: IncomingMessage;
  private readonly request: MessageRequest;
  private readonly answer: GuestResponse;
  private readonly log: Logger;
  /** Of those that have not finished. A middleware goes on when everything within it has. */
  private innermost: Layer | null = null;
  /** Calls of the application's `next` that are on the stack. */
  private depth = 0;

  private constructor(message: IncomingMessage, response: ServerResponse, settings: GuestSettings) {
    shareShape(message, IncomingMessage.prototype);
    shareShape(response, ServerResponse.prototype);
    const hookable = response as HookableResponse;
    const live = new LiveResponse(hookable);
    this.message = message;
    this.request = new MessageRequest(message, settings.maxRequestBodyBytes);
    this.log = settings.log;
    this.context = new GuestContext(this.request, connectionFacts(message.socket), this, live);
    this.answer = new GuestResponse(this.context, live, hookable, settings.log, this);
  }

  /** The exchange of a request, made by the first middleware. Throws an `HttpError` when target or host is refused. */
  static of(message: IncomingMessage, response: ServerResponse, settings: GuestSettings): GuestExchange {
    const holder = message as IncomingMessage & { [exchangeKey]?: GuestExchange };
    holder[exchangeKey] ??= new GuestExchange(message, response, settings);
    return holder[exchangeKey];
  }

  run(middleware: Middleware<HttpContext>, rest: Next | null, takesErrors: boolean): void {
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
      pending = middleware(context, () => this.callRest(layer));
    } catch (error) {
      this.failed(layer, error);
      return;
    }
    if (typeof pending?.then !== 'function') this.done(layer);
    else
      pending.then(
        () => this.done(layer),
        (error) => this.failed(layer, error),
      );
  }

  watch(): void {
    this.answer.watch();
  }

  inform(status: number, headers: HeaderInit): void {
    this.answer.inform(status, headers);
  }

  /** The application has decided its head. */
  headDecided(): void {
    // A call of `next` that is still on the stack looks for itself; by then it may have written everything.
    if (this.depth === 0) queueMicrotask(() => this.settle());
  }

  /** The client is gone: nobody waits for an answer any more. */
  clientLeft(reason: Error): void {
    for (let layer = this.innermost; layer !== null; layer = layer.outer) {
      if (layer.next !== 'running') continue;
      layer.next = 'settled';
      layer.pending?.catch(() => undefined); // who has dropped it need not hear of it
      layer.reject?.(reason);
      if (layer.isDetached) this.remove(layer);
    }
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

  private callRest(layer: Layer): void | Promise<void> {
    if (layer.next !== 'uncalled') throw connectError('CONNECT_NEXT_TWICE');
    layer.next = 'settled';
    if (layer.rest === null) return;
    if (this.answer.isOver) throw connectError('CONNECT_CLIENT_LEFT');
    layer.next = 'running';
    if (!this.answer.isDecided) this.callApplication(layer, layer.rest);
    if (this.answer.isDecided) this.settle();
    if (!isRunning(layer)) return;
    layer.pending = new Promise((resolve, reject) => {
      layer.resolve = resolve;
      layer.reject = reject;
    });
    this.answer.watch();
    return layer.pending;
  }

  private callApplication(layer: Layer, rest: Next): void {
    this.request.updateMessage();
    this.depth += 1;
    try {
      const pending = rest() as unknown as Promise<unknown> | undefined;
      if (typeof pending?.then === 'function') pending.then(undefined, (error) => this.applicationFailed(error));
    } catch (error) {
      if (this.answer.isDecided) this.applicationFailed(error);
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
    if (isRunning(layer) && !this.answer.isOver) layer.isDetached = true;
    else this.finish(layer);
  }

  private failed(layer: Layer, error: unknown): void {
    if (this.answer.isOver) {
      this.finish(layer);
    } else if (layer.next === 'uncalled' && layer.rest !== null && layer.takesErrors && !this.answer.isDecided) {
      this.giveToApplication(layer, layer.rest, error);
    } else {
      layer.next = 'settled';
      this.answer.failed(error);
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
    if (this.answer.isDecided) this.settle();
  }

  private finish(layer: Layer): void {
    this.remove(layer);
    if (layer.urlBefore !== null) this.context.request.rewrite(layer.urlBefore);
    if (this.innermost === null) this.answer.send();
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
    if (this.answer.isDecided || layer === null) {
      this.log.error('A listener failed after its answer', { path: this.context.request.path, error });
      this.answer.cut(error);
      return;
    }
    layer.next = 'settled';
    if (layer.isDetached) this.failed(layer, error);
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
