import { type CoreErrorCode, coreErrors } from './errors.ts';
import type { HeaderInit } from './http-headers.ts';

const brand = Symbol.for('windhover.HttpError');

/** What an `HttpError` carries beside its status and code. */
export interface HttpErrorOptions {
  /** Sent with the answer, `WWW-Authenticate` or `Retry-After` for instance. Default: none. */
  readonly headers?: HeaderInit;
  /** Whether the client may read the message. Default: `true` below 500. */
  readonly expose?: boolean;
  readonly cause?: unknown;
}

/** An expected failure that becomes a response. Anything else that is thrown is a bug: 500, logged, its message never sent. */
export class HttpError extends Error {
  /** The status to answer: 400 to 599. */
  readonly status: number;
  /** Stable name of the failure, `CORE_BODY_TOO_LARGE` for instance. The message is not part of the API, the code is. */
  readonly code: string;
  readonly headers: HeaderInit | null;
  readonly expose: boolean;

  constructor(status: number, code: string, message: string, options: HttpErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'HttpError';
    this.status = status;
    this.code = code;
    this.headers = options.headers ?? null;
    this.expose = options.expose ?? status < 500;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is an `HttpError`, of this copy of the package or another. */
  static is(value: unknown): value is HttpError {
    return typeof value === 'object' && value !== null && brand in value; // an Error of another realm is no `instanceof Error`
  }
}

/** An error of this package's table, its message made exact by `detail`. */
export function coreError(code: CoreErrorCode, detail: string, cause?: unknown): HttpError {
  const { status, message } = coreErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`, cause === undefined ? {} : { cause });
}
