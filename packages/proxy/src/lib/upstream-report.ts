import { type ContextKey, contextKey } from '@windhover/core';
import { type ClientCall, ClientError, type ClientErrorCode } from '@windhover/http-client';

/** Why an upstream gave no answer. */
export type UpstreamFailure = 'connect' | 'connect-timeout' | 'tls' | 'response-timeout' | 'reset' | 'bad-response';

/** The last attempt to pass a request on. Times are milliseconds since the epoch, with fractions. */
export interface UpstreamReport {
  /** The name of the upstreams, or else the address of the one that was tried last. */
  readonly name: string;
  readonly address: string;
  /** How many upstreams were tried. */
  readonly attempts: number;
  /** When the last attempt began. */
  readonly startedAt: number;
  /** `null` for a kept connection, and while none is made. */
  readonly connectedAt: number | null;
  /** What the connection to it spoke; `null` if there was none. */
  readonly httpVersion: '1.1' | '2.0' | null;
  /** When the head of the final answer came; `null` if it did not. */
  readonly headAt: number | null;
  /** `null` if the upstream answered, and while it may. An answer that breaks off later is the outcome's `error`. */
  readonly failure: UpstreamFailure | null;
}

/** The report of the proxy, for logs, metrics and traces: `context.get(upstreamKey)`. */
export const upstreamKey: ContextKey<UpstreamReport> = contextKey<UpstreamReport>('proxy.upstream');

/** The report while the request is under way. One object is made for each request. */
export class Report implements UpstreamReport {
  address = '';
  attempts = 0;
  startedAt = 0;
  headAt: number | null = null;
  failure: UpstreamFailure | null = null;
  private readonly givenName: string | null;
  private call: Pick<ClientCall, 'connectedAt' | 'httpVersion'> | null = null;

  constructor(name: string | null) {
    this.givenName = name;
  }

  get name(): string {
    return this.givenName ?? this.address;
  }

  get connectedAt(): number | null {
    return this.call === null ? null : this.call.connectedAt;
  }

  get httpVersion(): '1.1' | '2.0' | null {
    return this.call === null ? null : this.call.httpVersion;
  }

  /** Another attempt begins. */
  begin(address: string, call: Pick<ClientCall, 'connectedAt' | 'httpVersion'>, now: number): void {
    this.address = address;
    this.call = call;
    this.startedAt = now;
    this.attempts += 1;
    this.failure = null;
  }
}

const failures: Readonly<Partial<Record<ClientErrorCode, UpstreamFailure>>> = {
  CLIENT_CONNECT_FAILED: 'connect',
  CLIENT_CONNECT_TIMEOUT: 'connect-timeout',
  CLIENT_TLS_FAILED: 'tls',
  CLIENT_HEAD_TIMEOUT: 'response-timeout',
  CLIENT_CLOSED_EARLY: 'reset',
  CLIENT_BAD_RESPONSE: 'bad-response',
};

/** Returns why the upstream gave no answer; `null` if the client or this server is the reason. */
export function upstreamFailure(error: unknown): UpstreamFailure | null {
  return ClientError.is(error) ? (failures[error.code] ?? null) : null;
}
