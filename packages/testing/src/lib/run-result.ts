import type { Connection, HttpHeaders, Outcome } from '@windhover/core';

/** An interim response that was sent before the answer. */
export interface Informed {
  readonly status: number;
  readonly headers: HttpHeaders;
}

/** What the client got, and how the exchange ended. */
export class RunResult {
  /** 0 when the client was gone before the head. */
  readonly status: number;
  readonly headers: HttpHeaders;
  /** What the head announced: the length a HEAD or 304 names too; `null` for a length unknown. */
  readonly declaredLength: number | null;
  /** The bytes that arrived, fewer than announced when the response was cut. */
  readonly body: Uint8Array;
  readonly trailers: HttpHeaders | null;
  readonly informed: readonly Informed[];
  readonly outcome: Outcome;
  /** What the handler threw, or why the response was refused or cut; `null` when all went well. */
  readonly error: unknown;
  /** What `onSent` and `onAbort` listeners threw. A server would log it. */
  readonly sentErrors: readonly unknown[];
  /** The tunnel that was answered, to be given a channel. */
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
