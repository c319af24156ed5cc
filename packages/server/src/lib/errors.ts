/** Every error code that this package throws or gives as a reason. */
export const serverErrors = {
  SERVER_HANDLER_INVALID: 'The handler is not a function',
  SERVER_OPTION_INVALID: 'An option is not valid',
  SERVER_LIMIT_INVALID: 'A limit is not valid',
  SERVER_CLIENT_CLOSED: 'The client closed the connection',
  SERVER_HEADERS_TIMEOUT: 'The request head did not arrive in time',
  SERVER_HEADERS_TOO_LARGE: 'The fields of the request are larger than the limit',
  SERVER_BODY_TOO_SLOW: 'The request body arrived too slowly',
  SERVER_BODY_UNREAD: 'The response was complete before the request body was read',
  SERVER_RESPONSE_TOO_SLOW: 'The client took the response too slowly',
  SERVER_BODY_LENGTH_MISMATCH: 'The response body is not as long as was announced',
  SERVER_CONNECT_UNSUPPORTED: 'CONNECT is not supported here',
  SERVER_RESPONSE_INVALID: 'The response cannot be sent',
  SERVER_TOO_MANY_CONNECTIONS: 'There are as many connections as there may be',
  SERVER_DROPPED: 'The connection was closed without an answer, as the handler asked',
  SERVER_SHUTDOWN: 'The server stopped before the exchange was over',
  SERVER_CLOSED: 'The server was closed before',
} as const;

/** A code of this package's errors. */
export type ServerErrorCode = keyof typeof serverErrors;

const brand = Symbol.for('windhover.ServerError');

/** A failed exchange or a wrong use of the server, with a stable code. */
export class ServerError extends Error {
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ServerError';
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is a `ServerError`, from this or another copy of the package. */
  static is(value: unknown): value is ServerError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/** Makes an error from the table, with `detail` appended to its message. */
export function serverError(code: ServerErrorCode, detail?: string, cause?: unknown): ServerError {
  return new ServerError(code, detail === undefined ? serverErrors[code] : `${serverErrors[code]}: ${detail}`, cause);
}
