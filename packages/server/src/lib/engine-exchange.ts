import {
  type Body,
  type FixedBytes,
  HttpError,
  isReadBody,
  type Logger,
  type Outcome,
  type ReadBody,
} from '@windhover/core';
import { Exchange, toError } from '@windhover/core/engine';
import { statusText } from '@windhover/http-semantics';
import type { Engine } from './engine.ts';
import type { Cut } from './response-writer.ts';

/** A body up to this size is sent in one piece with its head; a larger body is sent at the client's pace. */
export const maxInlineBytes: number = 64 * 1024;

/** What the exchanges of all protocols have in common. */
export abstract class EngineExchange extends Exchange {
  /** Whether the outcome was not reported, because there was no listener for it. */
  protected isUntold = false;

  abstract readonly engine: Engine;
  /** How many bytes of a streamed body were given to the connection; `null` if the body is not streamed. */
  protected abstract readonly streamedBytes: number | null;

  get log(): Logger {
    return this.engine.log;
  }

  now(): number {
    return this.engine.wheel.now;
  }

  get isEventStream(): boolean {
    return this.state === 'sending' && this.isOfEvents;
  }

  /** Whether the answer, as it is now, is an event stream, which never ends by itself. */
  get isOfEvents(): boolean {
    return /^text\/event-stream\b/i.test(this.context.response.headers.get('content-type') ?? '');
  }

  override onSent(listener: (outcome: Outcome) => void): void {
    if (this.isUntold) this.over();
    super.onSent(listener);
  }

  /**
   * Calls `tell` with the status that the client got, 0 for none: now if it is known, otherwise when the exchange is
   * over.
   */
  whenAnswered(tell: (status: number) => void): void {
    if (this.status !== 0) tell(this.status);
    else this.context.onSent(({ status }) => tell(status));
  }

  sendFailed(cut: Cut): void {
    const written = this.streamedBytes ?? this.bytesSent;
    this.bytesSent = Math.max(0, written - cut.unsentBytes);
    this.end = cut.end;
    this.error = cut.error;
    this.over();
  }

  tunnelFailed(error: unknown): void {
    this.end = 'handler-failed';
    this.error = toError(error);
    this.log.error('An upgrade failed', { path: this.context.request.path, error });
  }

  /** The tunnel is gone; with an error if it was cut, for instance by a limit. */
  tunnelEnded(error: Error | undefined): void {
    this.error ??= error;
    this.over();
  }

  protected override statusText(status: number): string {
    return statusText(status);
  }

  /** Tells the log of a streamed answer that its handler could not finish. */
  protected logCutOff(error: Error): void {
    const { method, host, path } = this.context.request;
    // A mistake of the client is reported elsewhere, for instance a bad request body that is echoed.
    const level = HttpError.is(error) && error.status < 500 ? 'debug' : 'warn';
    this.log[level]('A response was cut off', { method, host, path, error });
  }
}

/** The bytes of a body that never change, `undefined` for other bodies. */
export function fixedOf(body: Body): FixedBytes | undefined {
  return typeof body === 'object' && body !== null ? (body as Partial<ReadBody>).fixed : undefined;
}

/** Whether every byte of a body is in memory or can be read from a file, so that there is nothing to wait for. */
export function isDecided(body: Body): boolean {
  return body === null || typeof body === 'string' || body instanceof Uint8Array || isReadBody(body);
}
