import { answerError, answerText, dropAnswer } from './answer-error.ts';
import type { Body } from './body.ts';
import { bodyLength } from './body-length.ts';
import { ExchangeEvents } from './exchange-events.ts';
import type { Handler } from './handler.ts';
import type { HeaderInit } from './header-init.ts';
import type { ContextExchange, HttpContext } from './http-context.ts';
import { coreError, HttpError } from './http-error.ts';
import type { Outcome } from './outcome.ts';
import type { Logger } from './services.ts';
import { readable, toError } from './to-error.ts';
import { toPushBody } from './to-push-body.ts';
import { type BodyWatcher, WatchedBody } from './watched-body.ts';

/**
 * How far an exchange has come:
 * - `handling`: the head is not decided
 * - `deciding`: the `onHead` listeners run
 * - `upgrading`: the answer is a tunnel that waits for the end of its request
 * - `sending`: the head is decided, and the body is being sent
 * - `tunnel`: the connection no longer carries HTTP
 * - `done`: everything is written, or nothing will be
 */
export type ExchangeState = 'handling' | 'deciding' | 'upgrading' | 'sending' | 'tunnel' | 'done';

/**
 * One request and its response. An engine or adapter extends this class with the code that sends an answer. The class
 * does what is common to all exchanges: it runs the handler, settles the status, runs the `onHead` listeners, turns
 * errors into answers, and reports the outcome. A synchronous handler costs neither a promise nor a closure.
 */
export abstract class Exchange extends ExchangeEvents implements ContextExchange {
  state: ExchangeState = 'handling';
  startedAt = 0;
  /** When the head was decided. Less than 0: the time was not recorded. */
  headAt = -1;
  /** The status that was sent; 0 if none was. */
  status = 0;
  bytesSent = 0;
  end: Outcome['end'] = 'complete';
  error: Error | undefined = undefined;

  abstract readonly context: HttpContext;

  /** Milliseconds since the epoch. */
  abstract now(): number;
  abstract inform(status: number, headers: HeaderInit): void;

  /** Prepares the decided answer. Throws if it cannot be sent; the error is then answered instead. */
  protected abstract prepare(): void;

  /** Sends the prepared answer, and sets `state` to `done` when it ends. */
  protected abstract send(now: number): void;

  /** Cuts the message off, so that the client does not take it for complete. */
  protected abstract cut(reason: Error): void;

  /** Closes the connection without an answer. Returns false where that cannot be done. */
  protected dropConnection(): boolean {
    return false;
  }

  /** The reason phrase that replaces an error message that clients must not see. */
  protected statusText(_status: number): string {
    return '';
  }

  /**
   * Runs the handler and answers once it has settled. `now` is the time of the answer if the handler is synchronous.
   */
  run(handler: Handler<HttpContext>, now?: number): void {
    try {
      const pending = handler(this.context);
      if (typeof pending?.then === 'function') {
        this.settleWith(pending);
        return;
      }
    } catch (error) {
      this.fail(error);
      return;
    }
    this.respond(now);
  }

  abort(reason: Error): void {
    if (this.abortReason !== null || this.state === 'done') return;
    this.tellAborted(reason);
    const state: ExchangeState = this.state; // a listener may have ended the exchange
    if (state === 'sending' || state === 'tunnel') this.cut(reason);
    else if (state === 'handling' || state === 'upgrading') {
      this.state = 'handling';
      this.fail(reason);
    }
  }

  fork(handler: Handler<HttpContext>): Promise<HttpContext> {
    return new ForkedExchange(this).start(handler);
  }

  /** The handler has failed. */
  fail(thrown: unknown): void {
    if (this.state !== 'handling') this.drop();
    else if (this.refuse(readable(thrown))) this.respond();
  }

  /** The handler has settled: sends the answer. */
  protected respond(now: number = this.now()): void {
    if (this.state !== 'handling') {
      this.drop(); // the client is gone, or already has another answer
      return;
    }
    try {
      if (!this.decide()) return;
      this.state = 'sending';
      this.send(now);
      if (this.abortReason !== null) this.closeResponse();
    } catch (error) {
      this.sendingFailed(error);
    }
  }

  /** Turns an error into an answer. Returns false if there will be no answer. */
  protected refuse(error: unknown): boolean {
    this.error = toError(error);
    if (!HttpError.is(error)) this.end = 'handler-failed';
    answerError(this.context, error, this.log, (status) => this.statusText(status));
    return true;
  }

  /** Discards an answer that no client waits for. */
  protected drop(): void {
    dropAnswer(this.context, this.log);
  }

  /** Reports the outcome, from the facts known so far. */
  over(): void {
    if (this.outcome !== null) return;
    const { status, bytesSent, startedAt, end, error } = this;
    this.state = 'done';
    const endedAt = this.now();
    const headAt = status === 0 || this.headAt < 0 ? endedAt : this.headAt;
    const facts = { status, bytesSent, startedAt, headAt, endedAt, end };
    this.tellOutcome(error === undefined ? facts : { ...facts, error });
  }

  private decide(): boolean {
    const { response } = this.context;
    if (!response.isAnswered) answerText(response, 404, 'Not Found');
    const before = this.abortReason;
    this.state = 'deciding';
    try {
      this.askHead(response);
      if (this.abortReason !== before) throw this.abortReason;
      if (response.isDropped && this.dropConnection()) return false;
      this.prepare();
    } catch (error) {
      return this.prepareRefusal(error);
    }
    return true;
  }

  // The rare cases below are separate functions because V8 inlines only small functions: code in a caller counts even
  // if it never runs.

  private prepareRefusal(error: unknown): boolean {
    if (!this.refuse(error)) return false;
    if (error !== this.abortReason) this.end = 'handler-failed';
    this.prepare();
    return true;
  }

  /** The handler of an aborted exchange may still set a body: it is then disposed of. */
  private closeResponse(): void {
    if (this.state !== 'upgrading') this.context.response.close();
  }

  private sendingFailed(error: unknown): void {
    this.log.error('A response could not be sent', { path: this.context.request.path, error });
    this.drop();
    this.cut(toError(error));
  }

  /** A foreign promise may throw or call back twice, so it is wrapped in a native one, which does neither. */
  private settleWith(pending: Promise<void>): void {
    Promise.resolve(pending).then(
      () => this.respond(),
      (error) => this.fail(error),
    );
  }
}

/**
 * Runs the same request again, for code in this process that reads the answer. It continues if the client disconnects.
 */
class ForkedExchange extends Exchange implements BodyWatcher {
  readonly context: HttpContext;
  private readonly parent: Exchange;
  private body: WatchedBody | null = null;
  private resolve: (context: HttpContext) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(parent: Exchange) {
    super();
    this.parent = parent;
    this.context = parent.context.copyFor(this);
    this.startedAt = this.now();
  }

  get log(): Logger {
    return this.parent.log;
  }

  now(): number {
    return this.parent.now();
  }

  inform(): void {
    // The caller waits for the final response only.
  }

  start(handler: Handler<HttpContext>): Promise<HttpContext> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.run(handler);
    });
  }

  bodyEnded(bytes: number, error?: Error): void {
    if (error === undefined) this.ended(bytes);
    else this.failed(bytes, error, 'handler-failed');
  }

  bodyCancelled(bytes: number, reason: Error): void {
    this.failed(bytes, reason, 'client-closed');
  }

  protected prepare(): void {
    if (this.context.response.upgrade !== null) throw coreError('CORE_FORK_UPGRADE', this.context.request.path);
  }

  protected send(now: number): void {
    const { response } = this.context;
    const { declaredLength, status } = response;
    this.status = status;
    this.headAt = now;
    const content = response.takeBody();
    if (isStream(content)) {
      this.body = new WatchedBody(toPushBody(content), this);
      response.body = this.body;
    } else {
      response.body = content;
      this.ended(bodyLength(content)!);
    }
    response.declaredLength = declaredLength;
    this.resolve(this.context);
  }

  protected cut(reason: Error): void {
    if (this.body !== null) this.body.cut(reason);
    else this.failed(0, reason, 'handler-failed');
    this.reject(reason); // only matters if no answer came: otherwise the promise is already resolved
  }

  /** The caller of `fork()` handles the error, so nothing is answered here. */
  protected override refuse(error: unknown): boolean {
    this.drop();
    this.failed(0, toError(error), 'handler-failed');
    this.reject(error);
    return false;
  }

  private ended(bytes: number): void {
    this.bytesSent = bytes;
    this.over();
  }

  private failed(bytes: number, error: Error, end: Outcome['end']): void {
    this.bytesSent = bytes;
    this.end = end;
    this.error = error;
    this.tellAborted(error);
    this.over();
  }
}

function isStream(body: Body): boolean {
  return body !== null && typeof body === 'object' && !(body instanceof Uint8Array);
}
