import type { Connection, HttpHeaders, Outcome } from '@windhover/core';

/** An interim response that was sent before the answer. */
export interface Informed {
  readonly status: number;
  readonly headers: HttpHeaders;
}

/** The answer as the client got it, and how the exchange ended. */
export class RunResult {
  /** 0 if the client had gone before the head. */
  readonly status: number;
  readonly headers: HttpHeaders;
  /** The length that the head announced, also for HEAD and 304; `null` if unknown. */
  readonly declaredLength: number | null;
  /** The received bytes; fewer than announced if the response was cut. */
  readonly body: Uint8Array;
  readonly trailers: HttpHeaders | null;
  readonly informed: readonly Informed[];
  readonly outcome: Outcome;
  /** The error that the handler threw, or why the response was refused or cut; `null` if all went well. */
  readonly error: unknown;
  /** Errors thrown by `onSent` and `onAbort` listeners. A server would log them. */
  readonly sentErrors: readonly unknown[];
  /** The answered tunnel; call it with a connection. */
  readonly upgrade: ((connection: Connection) => void) | null;

  constructor(facts: Omit<RunResult, 'text' | 'json'>) {
    this.status = facts.status;
    this.headers = facts.headers;
    this.declaredLength = facts.declaredLength;
    this.body = facts.body;
    this.trailers = facts.trailers;
    this.informed = facts.informed;
    this.outcome = facts.outcome;
    this.error = facts.error;
    this.sentErrors = facts.sentErrors;
    this.upgrade = facts.upgrade;
  }

  /** The body as UTF-8. */
  text(): string {
    return new TextDecoder().decode(this.body);
  }

  /** The body as JSON. */
  json(): unknown {
    return JSON.parse(this.text());
  }
}
