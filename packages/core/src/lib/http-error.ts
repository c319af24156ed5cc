import { type CoreErrorCode, coreErrors } from './errors.ts';
import type { HeaderInit } from './header-init.ts';

const brand = Symbol.for('windhover.HttpError');

/** The optional parts of an `HttpError`. */
export interface HttpErrorOptions {
  /** Headers that are sent with the answer, for instance `WWW-Authenticate` or `Retry-After`. Default: none. */
  readonly headers?: HeaderInit;
  /** Whether the client may read the message. Default: `true` below 500. */
  readonly expose?: boolean;
  readonly cause?: unknown;
}

/**
 * An expected failure that becomes a response. Any other thrown value counts as a bug: it is logged, and the client
 * gets a 500 without its message.
 */
export class HttpError extends Error {
  /** The status to answer: 400 to 599. */
  readonly status: number;
  /**
   * Stable name of the failure, for instance `CORE_BODY_TOO_LARGE`. The code is part of the API, the message is not.
   */
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

  /** Whether `value` is an `HttpError`, from this or another copy of the package. */
  static is(value: unknown): value is HttpError {
    return typeof value === 'object' && value !== null && brand in value; // `instanceof` would miss errors from another realm
  }
}

/** Makes an error from this package's table, with `detail` appended to its message. */
export function coreError(code: CoreErrorCode, detail: string, cause?: unknown): HttpError {
  const { status, message } = coreErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`, cause === undefined ? {} : { cause });
}
