import { contextKey, type HttpContext } from '@windhover/core';
import type { User } from './user.ts';

/** Credentials were sent, and they are not good. */
export interface Refusal {
  /** Why, in a word or two for logs and metrics: `password`, `expired`. Clients never see it. */
  readonly refused: string;
  /** Default: 401. Anything else is answered without the challenges of other schemes. */
  readonly status?: number;
  /** Values for `WWW-Authenticate`, in place of the scheme's own: the next step of a handshake, an `error=`. */
  readonly challenges?: readonly string[];
}

/**
 * What a scheme finds in a request:
 * - a `User`
 * - a `Refusal`: it found credentials of its kind that are not good
 * - `null`: the request has no credentials of its kind, so others may try
 * - `'answered'`: it has answered the request itself, for instance with a redirect to a page for logging in
 */
export type Verdict = User | Refusal | 'answered' | null;

/**
 * One way to find out who sends a request: Basic, a token, a certificate. The port that `auth-*` packages implement.
 * Answer synchronously where you can: a promise costs each request.
 */
export interface AuthScheme {
  /** As logs and metrics name it: `basic`. */
  readonly name: string;
  /**
   * Must not set the user: `auth` does. May use `context.onHead` for a header that goes with a good answer. Throws an
   * `HttpError` if it cannot decide, for instance 503 if a service does not answer.
   */
  authenticate(context: HttpContext): Verdict | Promise<Verdict>;
  /**
   * Request fields that only this scheme may set, because programs behind believe them. `auth` removes the client's own
   * under every spelling, whichever scheme decides. Default: none.
   */
  readonly owns?: readonly string[];
  /**
   * Schemes of `Authorization`, in lower case, whose credentials are for this server alone: `['basic']`. A proxy behind
   * does not send them on. Default: none, as for tokens, which other servers check too.
   */
  readonly keeps?: readonly string[];
  /** Values for `WWW-Authenticate` when the request has no credentials; empty if clients cannot be asked that way. */
  challenges(context: HttpContext): readonly string[];
}

/** The scheme that could ask for a user, where a request without one was let through. `authorize` reads it. */
export const schemeKey = contextKey<AuthScheme>('auth.scheme');

/**
 * The value of `Authorization` that was for this server alone, so that a proxy behind does not send it on. `proxy` reads
 * it.
 */
export const keptCredentialsKey = contextKey<string>('auth.keptCredentials');

/** Whether a verdict is a user. A scheme may be written without types, so anything without a name is none. */
export function isUser(verdict: Verdict): verdict is User {
  return typeof verdict === 'object' && verdict !== null && 'name' in verdict && isName(verdict.name);
}

/** Whether a verdict is a refusal. */
export function isRefusal(verdict: Verdict): verdict is Refusal {
  return typeof verdict === 'object' && verdict !== null && 'refused' in verdict;
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && name !== '';
}
