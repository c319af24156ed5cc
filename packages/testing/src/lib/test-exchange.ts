import { STATUS_CODES } from 'node:http';
import {
  disposeBody,
  type Handler,
  type HeaderInit,
  HttpContext,
  HttpHeaders,
  type HttpRequest,
  type Logger,
  type PushBody,
  toPushBody,
} from '@windhover/core';
import { Exchange, toError } from '@windhover/core/engine';
import { joinChunks } from './collect-body.ts';
import { TestingError } from './errors.ts';
import { responseLength } from './response-length.ts';
import { type ClientBody, makeConnection, type RunInit } from './run-request.ts';
import { type Informed, RunResult } from './run-result.ts';

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined, // failures are part of the result
};

/** Does with one request what a server's engine does, without a connection. */
export class TestExchange extends Exchange {
  readonly context: HttpContext;
  readonly log = silent;
  private readonly init: RunInit;
  private readonly clientBody: ClientBody | null;
  private readonly informed: Informed[] = [];
  private readonly chunks: Uint8Array[] = [];
  private readonly listenerErrors: unknown[] = [];
  private headers = new HttpHeaders();
  private declaredLength: number | null = null;
  private trailers: HttpHeaders | null = null;
  /** The thrown value, unchanged. */
  private thrown: unknown = null;
  /** Ends the wait for the response body; `null` unless the body is being sent. */
  private stopSending: ((reason: Error) => void) | null = null;
  private resolve: () => void = () => undefined;

  constructor(init: RunInit, request: HttpRequest, clientBody: ClientBody | null) {
    super();
    this.init = init;
    this.clientBody = clientBody;
    this.startedAt = this.now();
    this.context = new HttpContext(request, makeConnection(init), this);
  }

  now(): number {
    return (this.init.now ?? Date.now)();
  }

  /** Resolves when the answer has arrived or, if the client left, when the handler has settled too. */
  async start(handler: Handler<HttpContext>): Promise<RunResult> {
    const { signal } = this.init;
    const leave = (): void => this.clientLeft();
    signal?.addEventListener('abort', leave, { once: true });
    if (signal?.aborted === true) leave();
    await new Promise<void>((resolve) => {
      this.resolve = resolve;
      this.run(handler);
    });
    signal?.removeEventListener('abort', leave);
    disposeBody(this.context.response.takeBody(), new Error('The exchange is over'));
    this.clientBody?.cancel(new Error('The exchange is over'));
    this.over();
    return this.result();
  }

  inform(status: number, headers: HeaderInit): void {
    if (this.state !== 'handling' || this.init.httpVersion === '1.0') return;
    this.informed.push({ status, headers: new HttpHeaders(headers) });
  }

  protected override statusText(status: number): string {
    return STATUS_CODES[status] ?? '';
  }

  protected override listenerFailed(_name: string, error: unknown): void {
    this.listenerErrors.push(error);
  }

  protected override refuse(error: unknown): boolean {
    this.thrown = error;
    return super.refuse(error);
  }

  /** There is no client left to answer. */
  protected override drop(): void {
    super.drop();
    if (this.outcome !== null) this.resolve();
  }

  protected prepare(): void {
    this.declaredLength = responseLength(this.context);
  }

  protected send(now: number): void {
    const { request, response } = this.context;
    this.status = response.status;
    this.headers = new HttpHeaders(response.headers);
    this.headAt = now;
    if (response.upgrade !== null) this.end = 'upgraded';
    else if (request.method !== 'HEAD' && response.status !== 204 && response.status !== 304) {
      this.sendBody();
      return;
    }
    this.resolve();
  }

  /** Nothing can be taken back after the head. */
  protected cut(reason: Error): void {
    this.failed(reason);
    if (this.stopSending === null) this.resolve();
    else this.stopSending(reason);
  }

  private sendBody(): void {
    const body = toPushBody(this.context.response.takeBody());
    const over = (error: unknown): void => {
      this.stopSending = null;
      if (error !== null) this.failed(error);
      this.resolve();
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

  private failed(error: unknown): void {
    this.end = 'handler-failed';
    this.thrown = error;
    this.error = toError(error);
  }

  private clientLeft(): void {
    if (this.outcome !== null) return;
    const reason = new TestingError('TESTING_CLIENT_CLOSED');
    this.end = 'client-closed';
    this.thrown = reason;
    this.error = reason;
    this.tellAborted(reason);
    this.clientBody?.leave(reason);
    this.stopSending?.(reason);
    this.over();
  }

  private result(): RunResult {
    const { status, headers, declaredLength, trailers, informed, thrown, listenerErrors } = this;
    const outcome = this.outcome!;
    const upgrade = outcome.end === 'upgraded' ? this.context.response.upgrade : null;
    const body = joinChunks(this.chunks);
    const facts = { status, headers, declaredLength, body, trailers, informed, outcome, upgrade };
    return new RunResult({ ...facts, error: thrown, sentErrors: listenerErrors });
  }
}
