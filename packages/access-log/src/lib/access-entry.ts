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
  /** What the connection to it spoke; `null` if there was none. */
  readonly httpVersion?: '1.1' | '2.0' | null;
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
const grpcStatusKey = contextKey<number>('grpc.status');
const refusalKey = contextKey<Refusal>('refusal');

/** What a middleware says that has refused a request without an error, such as a rate limit. */
export interface Refusal {
  readonly code: string;
  /** The name of the rule. */
  readonly rule: string;
  /** The sub-status of IIS, where the rule has one. It is never sent. */
  readonly subStatus?: number;
}

/** Why a request was refused, if a middleware has refused it. */
export function refusalOf({ context }: AccessEntry): Refusal | undefined {
  return context.get(refusalKey);
}

/** The upstream of an exchange, `undefined` if it was not proxied. */
export function upstreamOf({ context }: AccessEntry): UpstreamFacts | undefined {
  return context.get(upstreamKey);
}

/** How a call of gRPC has ended, as its client sees it: 0 is success. `null` for other requests. */
export function grpcStatusOf({ context }: AccessEntry): number | null {
  const sent = context.get(grpcStatusKey) ?? context.response.headers.get('grpc-status');
  return sent === undefined || !/^\d{1,3}$/.test(String(sent)) ? null : Number(sent);
}
