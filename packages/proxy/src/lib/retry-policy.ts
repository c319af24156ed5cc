import type { ClientErrorCode } from '@windhover/http-client';

/** What may be tried again: `connect`, `reset`, `timeout`, `bad-response`, a status, or `5xx`. */
export type RetryReason = 'connect' | 'reset' | 'timeout' | 'bad-response' | '5xx' | number;

/** When a request is sent to another upstream after the first has failed. */
export interface RetryOptions {
  /** How often a request is sent at most, the first time included. Default: 2. */
  readonly attempts?: number;
  /**
   * Which failures count. `connect`: no connection, so nothing was sent. `reset`: the upstream closed before it answered.
   * `timeout`: no answer in time. Default: `connect`, `reset`, `timeout`, 502, 503 and 504.
   */
  readonly on?: readonly RetryReason[];
  /**
   * Retries under way, as a share of the requests under way; three are always allowed. From 0 to 1. Default: 0.2, as in
   * Envoy.
   */
  readonly budget?: number;
  /** Milliseconds for each attempt to answer, but the last. Default: the proxy's `headTimeoutMs`. */
  readonly perTryMs?: number;
  /** Methods that may be sent twice, beside the idempotent ones. Default: none. */
  readonly methods?: readonly string[];
}

/** The decisions about retries, made once. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly budget: number;
  readonly perTryMs: number | null;
  readonly methods: ReadonlySet<string>;
  hasStatus(status: number): boolean;
  hasFailure(code: ClientErrorCode): boolean;
}

const codes: Readonly<Partial<Record<ClientErrorCode, RetryReason>>> = {
  CLIENT_CONNECT_FAILED: 'connect',
  CLIENT_CONNECT_TIMEOUT: 'connect',
  CLIENT_TLS_FAILED: 'connect',
  CLIENT_CLOSED_EARLY: 'reset',
  CLIENT_HEAD_TIMEOUT: 'timeout',
  CLIENT_BAD_RESPONSE: 'bad-response',
};

const usual: readonly RetryReason[] = ['connect', 'reset', 'timeout', 502, 503, 504];

export function createRetryPolicy(options: RetryOptions): RetryPolicy {
  const { attempts = 2, on = usual, budget = 0.2, perTryMs = null, methods = [] } = options;
  const reasons = new Set(on);
  return {
    attempts,
    budget,
    perTryMs,
    methods: new Set(methods),
    hasStatus: (status) => reasons.has(status) || (status >= 500 && status <= 599 && reasons.has('5xx')),
    hasFailure: (code) => codes[code] !== undefined && reasons.has(codes[code]),
  };
}
