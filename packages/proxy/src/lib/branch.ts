import type { HttpContext, Middleware } from '@windhover/core';

/** What a request must have; `true` is any value. */
export interface BranchCondition {
  /** Values of header fields, by name. */
  readonly headers?: Readonly<Record<string, string | true>>;
  /** Values of cookies, by name. */
  readonly cookies?: Readonly<Record<string, string | true>>;
}

/** One way that requests may take. */
export interface Branch {
  /** The name in the cookie, and in messages. */
  readonly name: string;
  /** Its share of the requests that no condition decides about, compared with the others; 0 or more. Default: 0. */
  readonly weight?: number;
  /** Requests that have all of this take it, whatever its weight. Default: none do. */
  readonly when?: BranchCondition;
  /** Answers them. */
  readonly run: Middleware<HttpContext>;
}
