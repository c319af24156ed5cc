import { Http2Error } from '@windhover/http2-codec';

/** Every code this package rejects with, and the stage of the call that failed. */
export const clientErrors = {
  CLIENT_OPTION_INVALID: { stage: 'request', message: 'An option is not valid' },
  CLIENT_ORIGIN_INVALID: { stage: 'request', message: 'The origin is not valid' },
  CLIENT_REQUEST_INVALID: { stage: 'request', message: 'The request cannot be sent' },
  CLIENT_UPGRADE_UNSUPPORTED: {
    stage: 'request',
    message: 'The upstream does not take upgrades, as WebSocket, over HTTP/2',
  },
  CLIENT_CONNECT_FAILED: { stage: 'connect', message: 'The upstream could not be reached' },
  CLIENT_CONNECT_TIMEOUT: { stage: 'connect', message: 'The upstream did not accept the connection in time' },
  CLIENT_TLS_FAILED: { stage: 'connect', message: 'No secure connection to the upstream could be made' },
  CLIENT_BODY_FAILED: { stage: 'request-body', message: 'The request body failed' },
  CLIENT_CLOSED_EARLY: { stage: 'response-head', message: 'The upstream closed the connection before it answered' },
  CLIENT_HEAD_TIMEOUT: { stage: 'response-head', message: 'The upstream did not answer in time' },
  CLIENT_BAD_RESPONSE: { stage: 'response-head', message: 'The upstream sent something that is not a valid response' },
  CLIENT_BODY_TRUNCATED: {
    stage: 'response-body',
    message: 'The upstream closed the connection inside a response body',
  },
  CLIENT_BODY_TIMEOUT: { stage: 'response-body', message: 'The upstream went silent inside a response body' },
  CLIENT_ABORTED: { stage: 'aborted', message: 'The request was given up' },
  CLIENT_CLOSED: { stage: 'request', message: 'The client was closed' },
} as const;

/** An error code of this package. */
export type ClientErrorCode = keyof typeof clientErrors;

/** Where in a call something failed. */
export type ClientErrorStage = (typeof clientErrors)[ClientErrorCode]['stage'];

const brand = Symbol.for('windhover.ClientError');

/** A failed call to an upstream. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  readonly stage: ClientErrorStage;

  constructor(code: ClientErrorCode, detail: string, cause?: unknown) {
    super(`${clientErrors[code].message}: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = 'ClientError';
    this.code = code;
    this.stage = clientErrors[code].stage;
    Object.defineProperty(this, brand, { value: true });
  }

  /**
   * Whether the upstream has certainly not processed the request: it could not be reached, or it has said so (HTTP/2:
   * REFUSED_STREAM, or GOAWAY with an earlier last stream). Any request may then be sent elsewhere, whatever its method.
   */
  get isUnprocessed(): boolean {
    return this.stage === 'connect' || (Http2Error.is(this.cause) && this.cause.isRetryable);
  }

  /** Whether `value` is a `ClientError` of this or another copy of the package. */
  static is(value: unknown): value is ClientError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
