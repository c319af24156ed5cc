import { IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import { performance } from 'node:perf_hooks';
import { type HeaderInit, HttpContext, type Logger, type Middleware, type Outcome } from '@windhover/core';
import { Exchange, toError } from '@windhover/core/engine';
import { connectionFacts } from './connection-facts.ts';
import { connectError } from './errors.ts';
import { GuestResponse, type GuestResponseOwner } from './guest-response.ts';
import { ignoreWrites } from './ignore-writes.ts';
import { LiveResponse } from './live-response.ts';
import { MessageRequest } from './message-request.ts';
import { type LayersOwner, MiddlewareLayers, type Next } from './middleware-layers.ts';
import { mountKey, mountOf } from './mount.ts';
import { onEnd } from './response-end.ts';
import type { HookableResponse } from './response-hooks.ts';
import { shareShape } from './share-shape.ts';

/** Settings that all exchanges of one `toConnect` share. */
export interface GuestSettings {
  readonly maxRequestBodyBytes: number | null;
  readonly log: Logger;
}

const exchangeKey = Symbol.for('windhover.connect.exchange');

/** One request of a Node server, as Windhover middlewares see it. All middlewares of one request share the exchange and its context. */
export class GuestExchange extends Exchange implements GuestResponseOwner, LayersOwner {
  readonly context: HttpContext;
  readonly log: Logger;
  private readonly message: IncomingMessage;
  private readonly request: MessageRequest;
  private readonly response: HookableResponse;
  private readonly answer: GuestResponse;
  private isWatched = false;
  private isMounted = false;
  private readonly layers: MiddlewareLayers;

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
    this.layers = new MiddlewareLayers(this);
  }

  /** Returns the exchange of a request; the first middleware creates it. Throws an `HttpError` when the target or host is invalid. */
  static of(message: IncomingMessage, response: ServerResponse, settings: GuestSettings): GuestExchange {
    const holder = message as IncomingMessage & { [exchangeKey]?: GuestExchange };
    holder[exchangeKey] ??= new GuestExchange(message, response, settings);
    return holder[exchangeKey];
  }

  runMiddleware(middleware: Middleware<HttpContext>, rest: Next | null, takesErrors: boolean): void {
    this.layers.run(middleware, rest, takesErrors);
  }

  /** Milliseconds since the epoch. Called only when somebody waits for the end of the response: most answers never read the clock. */
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
    this.layers.release(reason);
  }

  inform(status: number, headers: HeaderInit): void {
    this.answer.inform(status, headers);
  }

  /** The application has decided its head. */
  headDecided(): void {
    this.layers.headDecided();
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

  override respond(): void {
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
      // Node or a hook below refused to send it, for example because of an invalid status.
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

  protected override dropConnection(): boolean {
    this.watch();
    this.status = this.context.response.status;
    this.error = connectError('CONNECT_DROPPED');
    this.response.destroy();
    return true;
  }

  /** Starts to report the end of the response. */
  watch(): void {
    if (this.isWatched) return;
    this.isWatched = true;
    this.startedAt = this.now();
    onEnd(this.response, (isWritten) => this.closed(isWritten));
  }

  private closed(isWritten: boolean): void {
    // To Node, an answer that is held back looks as if it were written.
    if (!isWritten || !this.answer.hasHead) {
      const isOurs = this.end === 'handler-failed' || this.context.response.isDropped;
      const reason = isOurs ? this.error! : connectError('CONNECT_CLIENT_LEFT');
      if (!isOurs) this.end = 'client-closed';
      this.error = reason;
      this.state = 'done';
      this.tellAborted(reason);
      this.answer.letGo(reason);
      this.layers.release(reason);
    }
    this.bytesSent = this.answer.bytesSent;
    this.over();
  }

  /** Whether the application has decided its head. */
  get isDecided(): boolean {
    return this.answer.answer.state !== 'open';
  }

  /** Whether the application's answer is no longer needed: a response has left, or something else was answered. */
  get isGone(): boolean {
    return this.state !== 'handling' || this.answer.isOver;
  }

  showRequest(): void {
    this.request.updateMessage();
  }

  take(): void {
    this.answer.take();
  }

  failed(error: unknown): void {
    this.refuse(error);
  }

  failedLate(error: unknown): void {
    this.log.error('A listener failed after its answer', { path: this.context.request.path, error });
    if (!this.answer.answer.isEnded) this.cut(toError(error));
  }

  /** A mounted middleware sees only the rest of the URL. Returns the URL to restore, or `null` if it is unchanged. */
  enter(): string | null {
    const { request } = this;
    const mount = mountOf(this.message as object);
    if (mount !== undefined || this.isMounted) this.context.set(mountKey, mount);
    this.isMounted = mount !== undefined;
    const url = this.message.url!;
    if (url === request.url || url === request.target) return null;
    const before = request.url;
    request.rewrite(url);
    return before;
  }
}

/** For handlers of the application: the context of a request that a `toConnect` middleware has seen. */
export function contextOf(message: IncomingMessage): HttpContext | undefined {
  return (message as IncomingMessage & { [exchangeKey]?: GuestExchange })[exchangeKey]?.context;
}
