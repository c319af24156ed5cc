import type { Handler, HttpContext, Logger } from '@windhover/core';
import type { ConnectListener } from './connect-listener.ts';
import { connectError } from './errors.ts';
import { closeResponse, type HookedResponse, hookedResponse, type ResponseOwner } from './hooked-response.ts';
import { type HookedRequest, incomingRequest, type RequestOwner } from './incoming-request.ts';
import { OutgoingBody, type OutgoingBodyOwner, type Write } from './outgoing-body.ts';
import { type HeaderSource, showHead, takeFields } from './response-fields.ts';
import { type SocketOwner, SocketStandIn } from './socket-stand-in.ts';
import { toTrailers } from './to-trailers.ts';
import { unknownLength } from './unknown-length.ts';

/** Runs one request through a Node listener: owns its `request`, `response` and `socket`, and turns the result into our answer. */
export class HostedCall implements RequestOwner, ResponseOwner, OutgoingBodyOwner, SocketOwner {
  private readonly context: HttpContext;
  private readonly log: Logger;
  private readonly socket: SocketStandIn;
  private readonly request: HookedRequest;
  private readonly response: HookedResponse;
  isSettled = false;
  private state: 'undecided' | 'streaming' | 'answered' | 'passed' | 'failed' = 'undecided';
  private body: OutgoingBody | null = null;
  /** Writes that arrived before it was known whether more follow. */
  private early: Write[] = [];
  private isCommitPlanned = false;
  private needsDrain: boolean | null = null;
  private isFinished = false;
  private isBlamed = false;
  private outcome: { error: unknown } | 'done' | null = null;
  private resolve: () => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(context: HttpContext, log: Logger) {
    this.context = context;
    this.log = log;
    this.socket = new SocketStandIn(context.connection, this);
    this.request = incomingRequest(context, this.socket, this);
    this.response = hookedResponse(this.request, this.socket, this);
    context.onAbort((reason) => this.abort(reason));
  }

  /** Settles when the application has decided its head, failed, or called `next`. */
  run(listener: ConnectListener, next: Handler<HttpContext> | undefined): void | Promise<void> {
    const { request, response } = this;
    try {
      const pending =
        next === undefined
          ? (listener as (...given: unknown[]) => unknown)(request, response)
          : listener(request, response, (error) => this.pass(next, error));
      if (typeof (pending as Promise<unknown> | undefined)?.then === 'function') {
        (pending as Promise<unknown>).then(undefined, (error) => this.fail(error));
      }
    } catch (error) {
      this.fail(error);
    }
    if (this.outcome === 'done') return;
    if (this.outcome !== null) throw this.outcome.error;
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  bodyFailed(error: Error): void {
    if (this.state === 'undecided' || this.state === 'streaming') {
      this.abort(error); // a streaming answer is cut off; before that, the server answers with the error
      return;
    }
    this.isSettled = true;
    this.request.destroy(error);
  }

  headDecided(headers: HeaderSource): void {
    if (this.state !== 'undecided') return;
    const { context, request, response } = this;
    takeFields(response, headers, context.response);
    context.response.status = response.statusCode;
    // On HTTP/1.0 `shouldKeepAlive` is false from the start, so it is not the application's decision.
    if (!response.shouldKeepAlive && request.httpVersionMinor === 1) context.response.closeConnection = true;
  }

  flushed(): void {
    if (this.state === 'undecided') this.commit();
  }

  wrote(write: Write): boolean {
    if (this.socket.destroyed && !this.isFinished) return false; // as on `node:http`, which never emits 'finish' then
    this.socket.wrote(write.data.length);
    const { writableHighWaterMark } = this.response;
    let isOpen = false;
    if (this.body !== null) isOpen = this.body.write(write, writableHighWaterMark);
    else if (this.state === 'undecided') {
      this.early.push(write);
      this.response.outputSize += write.data.length;
      isOpen = this.response.outputSize < writableHighWaterMark;
      this.planCommit();
    } else {
      if (this.state === 'passed') this.passedAndWrote();
      if (write.callback !== null) process.nextTick(write.callback);
    }
    if (!isOpen) this.askForDrain();
    return isOpen;
  }

  ended(): void {
    const { response } = this;
    if (this.state === 'undecided') {
      // Older Node releases end with an extra empty write; newer ones end with the last write.
      const isWhole = this.early.length < 2 || (this.early.length === 2 && this.early[1]!.data.length === 0);
      if (response._hasBody && response._trailer === '' && isWhole) this.answer();
      else this.commit();
    }
    this.body?.end(toTrailers(response._trailer));
  }

  informed(status: number, headers: [string, string][]): void {
    if (this.state === 'undecided') this.context.inform(status, headers);
  }

  bodyDrained(): void {
    if (this.needsDrain !== true) return;
    this.needsDrain = false;
    const { response } = this;
    process.nextTick(() => {
      if (!response.writableEnded && !response.destroyed) response.emit('drain');
    });
  }

  bodyWaits(bytes: number): void {
    this.response.outputSize = bytes;
  }

  bodyCancelled(reason: Error): void {
    this.abort(reason);
  }

  socketDestroyed(error: Error | null): void {
    if (this.isFinished) return;
    const reason = error ?? connectError('CONNECT_DESTROYED');
    if (this.state === 'undecided' && this.early.length > 0) this.commit();
    if (this.state === 'undecided') this.settleFailed(reason);
    else this.body?.fail(reason);
    this.request.destroy(reason);
  }

  socketTimedOut(): boolean {
    const isRequestTold = !this.request.complete && this.request.emit('timeout', this.socket);
    return this.response.emit('timeout', this.socket) || isRequestTold;
  }

  /** The whole answer is present, so it needs no stream. */
  private answer(): void {
    this.state = 'answered';
    this.response.outputSize = 0;
    const [content] = this.early;
    if (content !== undefined && content.data.length > 0) {
      const { data, encoding } = content;
      // Copy the data: the application may reuse its buffer once it is told of the end.
      const isUtf8 = typeof data === 'string' && /^utf-?8$/i.test(encoding);
      const { declaredLength } = this.context.response;
      this.context.response.body = isUtf8
        ? data
        : typeof data === 'string'
          ? Buffer.from(data, encoding)
          : Buffer.from(data);
      this.context.response.declaredLength = declaredLength;
    }
    for (const { callback } of this.early) if (callback !== null) process.nextTick(callback);
    this.settle('done');
  }

  /** More writes may follow: the answer becomes a stream, or a head alone. */
  private commit(): void {
    const { context, response } = this;
    const { declaredLength } = context.response;
    response.outputSize = 0;
    if (response._hasBody) {
      const waiting = this.early.reduce((sum, { data }) => sum + data.length, 0);
      this.state = 'streaming';
      this.body = new OutgoingBody(declaredLength, this.early, waiting, this);
      context.response.body = this.body;
    } else {
      this.state = 'answered';
      if (context.request.method === 'HEAD' && response.statusCode !== 204 && response.statusCode !== 304) {
        // RFC 9110 §8.6: an `end()` without data says nothing about the length of the GET response.
        context.response.declaredLength = declaredLength ?? (response._contentLength || null);
        if (context.response.declaredLength === null) context.response.body = unknownLength;
      }
      for (const { callback } of this.early) if (callback !== null) process.nextTick(callback);
    }
    this.early = [];
    this.settle('done');
  }

  /** A write that `end()` does not follow in the same tick starts a stream. */
  private planCommit(): void {
    if (this.isCommitPlanned) return;
    this.isCommitPlanned = true;
    process.nextTick(() => {
      if (this.state === 'undecided') this.commit();
    });
  }

  private pass(next: Handler<HttpContext>, error: unknown): void {
    if (error !== undefined && error !== null) {
      this.fail(error);
      return;
    }
    if (this.state !== 'undecided') return;
    if (this.early.length > 0) {
      this.fail(connectError('CONNECT_WROTE_AND_PASSED'));
      return;
    }
    this.state = 'passed';
    const { context } = this;
    try {
      if (!this.response.headersSent) takeFields(this.response, null, context.response); // otherwise writeHead() has taken them
      context.response.declaredLength = null;
      context.onHead((answer) => showHead(this.response, answer));
      context.onSent(({ end }) => this.passedOn(end === 'complete'));
      const pending = next(context);
      if (pending === undefined) this.settle('done');
      else
        pending.then(
          () => this.settle('done'),
          (failure) => this.settle({ error: failure }),
        );
    } catch (failure) {
      this.settle({ error: failure });
    }
  }

  private passedAndWrote(): void {
    if (this.isBlamed) return;
    this.isBlamed = true;
    const error = connectError('CONNECT_WROTE_AND_PASSED');
    this.log.error(error.message, { path: this.context.request.path, error });
  }

  /** The rest of the pipeline has answered. Tells everybody who waits for the end of the response, such as loggers. */
  private passedOn(isComplete: boolean): void {
    const { response } = this;
    if (isComplete && !response.writableEnded) {
      response.finished = true;
      response.emit('finish'); // this triggers the rest of the clean-up
    } else {
      this.isFinished = true;
      closeResponse(response);
    }
  }

  /** The application threw, or its promise rejected. */
  private fail(error: unknown): void {
    if (this.state === 'undecided' && this.early.length > 0) this.commit(); // send what was written; the rest is missing
    if (this.state === 'undecided') {
      this.settleFailed(error);
      this.socket.destroy();
    } else if (this.state === 'streaming' && !this.isFinished && !this.socket.destroyed) {
      this.socket.destroy(error instanceof Error ? error : new Error(String(error), { cause: error }));
    } else if (!this.socket.destroyed) {
      this.log.error('A hosted application failed after its answer', { path: this.context.request.path, error });
    }
  }

  private abort(reason: Error): void {
    if (this.isFinished) return;
    const reset = Object.assign(new Error('aborted', { cause: reason }), { code: 'ECONNRESET' });
    if (this.state === 'undecided') this.settleFailed(reason);
    this.body?.fail(reason);
    this.socket.destroy(reset); // this destroys the request too
  }

  private settleFailed(error: unknown): void {
    this.state = 'failed';
    this.settle({ error });
  }

  private settle(outcome: { error: unknown } | 'done'): void {
    if (this.outcome !== null) return;
    this.outcome = outcome;
    if (outcome === 'done') this.resolve();
    else this.reject(outcome.error);
  }

  private askForDrain(): void {
    if (this.needsDrain === null) {
      Object.defineProperty(this.response, 'writableNeedDrain', {
        configurable: true,
        get: () => this.needsDrain === true,
      });
    }
    this.needsDrain = true;
  }

  /** Everything is written: request, response and socket are separated, as in `node:http`. */
  finished(): void {
    const { request, response, socket } = this;
    this.isFinished = true;
    this.isSettled = true;
    if (response.socket !== null) response.detachSocket(socket as never); // the application may have detached it already
    process.nextTick(closeResponse, response);
    if (!request._consuming && request.listenerCount('close') + request.listenerCount('end') > 0) {
      if (request.complete) {
        request.push(null);
        request._dump();
      } else request.destroy();
    }
    if (socket.listenerCount('close') > 0) socket.destroy();
    else if (socket.timeout > 0) socket.setTimeout(0);
    socket.letGo();
  }
}
