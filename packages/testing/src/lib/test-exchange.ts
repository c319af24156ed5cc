import {
  disposeBody,
  type Exchange,
  type Handler,
  type HeaderInit,
  HttpContext,
  HttpError,
  HttpHeaders,
  type HttpRequest,
  type Outcome,
  type PushBody,
  toPushBody,
} from '@windhover/core';
import { answerError, answerText } from './answer-error.ts';
import { joinChunks } from './collect-body.ts';
import { TestingError } from './errors.ts';
import { responseLength } from './response-length.ts';
import { type ClientBody, makeConnection, type RunInit } from './run-request.ts';
import { type Informed, RunResult } from './run-result.ts';

/** What a server's engine does with one request, without a connection. */
export class TestExchange implements Exchange {
  private readonly init: RunInit;
  private readonly clientBody: ClientBody | null;
  private readonly context: HttpContext;
  private readonly now: () => number;
  private readonly startedAt: number;
  private readonly informed: Informed[] = [];
  private readonly chunks: Uint8Array[] = [];
  private readonly sentErrors: unknown[] = [];
  private bytesSent = 0;
  private status = 0;
  private headers = new HttpHeaders();
  private headAt: number | null = null;
  private declaredLength: number | null = null;
  private trailers: HttpHeaders | null = null;
  private end: Outcome['end'] = 'complete';
  private error: unknown = null;
  private outcome: Outcome | null = null;
  /** Ends the wait for the response body; it is being sent as long as this is not null. */
  private stopSending: ((reason: Error) => void) | null = null;

  constructor(init: RunInit, request: HttpRequest, clientBody: ClientBody | null) {
    this.init = init;
    this.clientBody = clientBody;
    this.now = init.now ?? Date.now;
    this.startedAt = this.now();
    this.context = new HttpContext(request, makeConnection(init), this);
  }

  async run(handler: Handler<HttpContext>): Promise<RunResult> {
    const { signal } = this.init;
    const leave = (): void => this.clientLeft();
    signal?.addEventListener('abort', leave, { once: true });
    if (signal?.aborted === true) leave();
    await this.handle(handler);
    if (this.outcome === null) await this.respond();
    signal?.removeEventListener('abort', leave);
    disposeBody(this.context.response.takeBody(), new Error('The exchange is over'));
    this.clientBody?.cancel(new Error('The exchange is over'));
    return this.result(this.finish());
  }

  inform(status: number, headers: HeaderInit): void {
    if (this.headAt !== null || this.outcome !== null || this.init.httpVersion === '1.0') return;
    this.informed.push({ status, headers: new HttpHeaders(headers) });
  }

  private async handle(handler: Handler<HttpContext>): Promise<void> {
    try {
      await handler(this.context);
    } catch (error) {
      if (this.outcome !== null) return; // nobody is there to hear of it
      this.refuse(error, HttpError.is(error) ? 'complete' : 'handler-failed');
    }
  }

  private async respond(): Promise<void> {
    const { context } = this;
    const { request, response } = context;
    if (!response.isAnswered) answerText(response, 404, 'Not Found');
    try {
      context.emitHead();
      this.declaredLength = responseLength(context);
    } catch (error) {
      this.refuse(error, 'handler-failed');
      this.declaredLength = responseLength(context);
    }
    this.status = response.status;
    this.headers = new HttpHeaders(response.headers);
    this.headAt = this.now();
    if (response.upgrade !== null) this.end = 'upgraded';
    else if (request.method !== 'HEAD' && response.status !== 204 && response.status !== 304) await this.send();
  }

  private refuse(error: unknown, end: Outcome['end']): void {
    this.error = error;
    this.end = end;
    answerError(this.context.response, error);
  }

  private send(): Promise<void> {
    const body = toPushBody(this.context.response.takeBody());
    return new Promise((resolve) => {
      const over = (error: unknown): void => {
        this.stopSending = null;
        if (error !== null) this.cut(error);
        resolve();
      };
      this.stopSending = (reason) => {
        body.cancel(reason);
        over(null);
      };
      body.start({
        write: (chunk) => this.receive(chunk, body, over),
        end: (trailers) => over(this.receiveEnd(trailers)),
        fail: over,
      });
    });
  }

  private receive(chunk: Uint8Array, body: PushBody, over: (error: Error) => void): boolean {
    const { declaredLength, init } = this;
    this.bytesSent += chunk.byteLength;
    if (declaredLength !== null && this.bytesSent > declaredLength) {
      const error = this.lengthMismatch();
      body.cancel(error);
      over(error);
      return false;
    }
    this.chunks.push(new Uint8Array(chunk));
    if (init.abortAfterBytes !== undefined && this.bytesSent >= init.abortAfterBytes) this.clientLeft();
    return this.stopSending !== null;
  }

  private receiveEnd(trailers: HeaderInit | undefined): Error | null {
    const { declaredLength } = this;
    if (declaredLength !== null && this.bytesSent !== declaredLength) return this.lengthMismatch();
    try {
      const last = this.context.response.trailers?.() ?? trailers;
      if (last !== undefined) this.trailers = new HttpHeaders(last);
      return null;
    } catch (error) {
      return toError(error);
    }
  }

  private lengthMismatch(): Error {
    const detail = `${this.bytesSent} bytes so far, ${this.declaredLength} were announced`;
    return new TestingError('TESTING_BODY_LENGTH_MISMATCH', detail);
  }

  /** After the head nothing can be taken back. */
  private cut(error: unknown): void {
    this.end = 'handler-failed';
    this.error = error;
  }

  private clientLeft(): void {
    if (this.outcome !== null) return;
    const reason = new TestingError('TESTING_CLIENT_CLOSED');
    this.end = 'client-closed';
    this.error = reason;
    this.context.abort(reason);
    this.clientBody?.leave(reason);
    this.stopSending?.(reason);
    this.finish();
  }

  /** The exchange is over, whether or not the handler knows. */
  private finish(): Outcome {
    if (this.outcome !== null) return this.outcome;
    const { status, bytesSent, startedAt, end, error } = this;
    const endedAt = this.now();
    const facts = { status, bytesSent, startedAt, headAt: this.headAt ?? endedAt, endedAt, end };
    this.outcome = error === null ? facts : { ...facts, error: toError(error) };
    this.context.emitSent(this.outcome, (failure) => this.sentErrors.push(failure));
    return this.outcome;
  }

  private result(outcome: Outcome): RunResult {
    const { status, headers, declaredLength, trailers, informed, error, sentErrors } = this;
    const { upgrade } = this.context.response;
    const body = joinChunks(this.chunks);
    const facts = { status, headers, declaredLength, body, trailers, informed, outcome, error, sentErrors };
    return new RunResult({ ...facts, upgrade: outcome.end === 'upgraded' ? upgrade : null });
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('Something that is not an Error was thrown', { cause: error });
}
