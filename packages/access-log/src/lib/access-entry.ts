import { contextKey, type HttpContext, type Outcome } from '@windhover/core';

/** What the proxy reports about the last upstream that it tried: the part of the key `proxy.upstream` that is used here. */
export interface UpstreamFacts {
  readonly name: string;
  readonly address: string;
  /** When the last attempt began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** `null` for a kept connection, or if none was made. */
  readonly connectedAt: number | null;
  readonly headAt: number | null;
  readonly failure: string | null;
}

/** Everything that a format can read about an exchange that is over. */
export interface AccessEntry {
  readonly context: HttpContext;
  readonly outcome: Outcome;
  /** The path as it was when the request came to the log: a later rewrite changes it. */
  readonly path: string;
  readonly query: string | null;
  /** When the request came to the log, in milliseconds since the epoch. */
  readonly handledAt: number;
}

const upstreamKey = contextKey<UpstreamFacts>('proxy.upstream');

/** The upstream of an exchange, `undefined` if it was not proxied. */
export function upstreamOf({ context }: AccessEntry): UpstreamFacts | undefined {
  return context.get(upstreamKey);
}
