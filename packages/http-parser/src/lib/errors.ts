/**
 * Every code of this package. `status` is the answer of a server before it closes the connection; 500 marks mistakes of
 * the program itself, which do not close a connection.
 */
export const http1Errors = {
  HTTP1_BARE_CR: { status: 400, message: 'a CR must be followed by LF' },
  HTTP1_BARE_LF: { status: 400, message: 'a line must end with CR LF' },
  HTTP1_BAD_BYTE: { status: 400, message: 'a control byte in the head or in the trailers' },
  HTTP1_TLS_ON_PLAIN_PORT: { status: 400, message: 'a TLS handshake where plain HTTP is spoken' },
  HTTP1_TOO_MANY_EMPTY_LINES: { status: 400, message: 'too many empty lines before the start line' },

  HTTP1_BAD_REQUEST_LINE: { status: 400, message: 'the request line is not "method SP target SP version"' },
  HTTP1_BAD_METHOD: { status: 400, message: 'the method is not a token or is too long' },
  HTTP1_BAD_TARGET: { status: 400, message: 'the request target has none of the forms its method allows' },
  HTTP1_REQUEST_LINE_TOO_LONG: { status: 414, message: 'the request line is too long' },
  HTTP1_BAD_STATUS_LINE: { status: 400, message: 'the status line is not "version SP status SP reason"' },
  HTTP1_STATUS_LINE_TOO_LONG: { status: 400, message: 'the status line is too long' },
  HTTP1_BAD_VERSION: { status: 400, message: 'the version is not "HTTP/" digit "." digit' },
  HTTP1_UNSUPPORTED_VERSION: { status: 505, message: 'the version is neither HTTP/1.1 nor HTTP/1.0' },

  HTTP1_OBS_FOLD: { status: 400, message: 'a field line begins with white space' },
  HTTP1_BAD_FIELD_NAME: { status: 400, message: 'a field line does not begin with a token and a colon' },
  HTTP1_HEADERS_TOO_LARGE: { status: 431, message: 'the head is too large' },
  HTTP1_TOO_MANY_HEADERS: { status: 431, message: 'the head has too many fields' },

  HTTP1_BAD_CONTENT_LENGTH: { status: 400, message: 'Content-Length is not one safe decimal number' },
  HTTP1_REPEATED_CONTENT_LENGTH: { status: 400, message: 'Content-Length is given more than once' },
  HTTP1_LENGTH_AND_CHUNKED: { status: 400, message: 'both Content-Length and Transfer-Encoding are given' },
  HTTP1_BAD_TRANSFER_ENCODING: {
    status: 400,
    message: 'Transfer-Encoding is malformed, or chunked is not its last coding',
  },
  HTTP1_UNSUPPORTED_TRANSFER_ENCODING: { status: 501, message: 'a transfer coding other than chunked alone' },
  HTTP1_TRANSFER_ENCODING_BEFORE_1_1: { status: 400, message: 'Transfer-Encoding in an HTTP/1.0 message' },
  HTTP1_MISSING_HOST: { status: 400, message: 'an HTTP/1.1 request without Host' },
  HTTP1_REPEATED_HOST: { status: 400, message: 'Host is given more than once' },
  HTTP1_BAD_HOST: { status: 400, message: 'Host is not "host" or "host:port"' },
  HTTP1_UNSUPPORTED_EXPECTATION: { status: 417, message: 'an expectation other than 100-continue' },

  HTTP1_BAD_CHUNK_SIZE: { status: 400, message: 'a chunk size is not a short hexadecimal number' },
  HTTP1_BAD_CHUNK_EXTENSION: { status: 400, message: 'a chunk extension is malformed' },
  HTTP1_CHUNK_EXTENSIONS_TOO_LARGE: { status: 400, message: 'the chunk extensions are too large' },
  HTTP1_BAD_CHUNK_END: { status: 400, message: 'the bytes of a chunk are not followed by CR LF' },
  HTTP1_TRAILERS_TOO_LARGE: { status: 431, message: 'the trailers are too large' },
  HTTP1_TOO_MANY_TRAILERS: { status: 431, message: 'there are too many trailers' },

  HTTP1_TRUNCATED_HEAD: { status: 400, message: 'the peer closed inside a head' },
  HTTP1_TRUNCATED_BODY: { status: 400, message: 'the peer closed inside a body' },
  HTTP1_UNEXPECTED_RESPONSE: { status: 502, message: 'an unexpected response' },
  HTTP1_TOO_MANY_INFORMATIONAL: { status: 502, message: 'too many 1xx responses before the final one' },
  HTTP1_IS_TUNNEL: { status: 502, message: 'the connection is a tunnel now, its bytes are not HTTP' },

  HTTP1_INVALID_LIMIT: { status: 500, message: 'a limit is not a safe integer from 0 on' },
  HTTP1_INVALID_METHOD: { status: 500, message: 'the method to write is not a token' },
  HTTP1_INVALID_TARGET: { status: 500, message: 'the target to write is empty or has bytes outside visible ASCII' },
  HTTP1_INVALID_STATUS: { status: 500, message: 'the status to write is not an integer from 100 to 999' },
  HTTP1_INVALID_STATUS_TEXT: { status: 500, message: 'the reason phrase to write has a forbidden character' },
  HTTP1_INVALID_FIELD_NAME: { status: 500, message: 'a field name to write is not a token' },
  HTTP1_INVALID_FIELD_VALUE: { status: 500, message: 'a field value to write has a forbidden character' },
  HTTP1_RESERVED_FIELD: {
    status: 500,
    message: 'a field that only the serializer may write, or that is forbidden in trailers',
  },
  HTTP1_INVALID_FRAMING: { status: 500, message: 'the framing to write is not possible for this message' },
  HTTP1_INVALID_CHUNK_SIZE: { status: 500, message: 'the chunk size to write is not a positive safe integer' },
} as const satisfies Record<string, { status: number; message: string }>;

export type Http1ErrorCode = keyof typeof http1Errors;

const brand: unique symbol = Symbol.for('windhover.http-parser.error');

/** A message that cannot be parsed further, or must not be written. */
export class Http1Error extends Error {
  override readonly name: string = 'Http1Error';
  readonly code: Http1ErrorCode;
  /** The status for a server to answer with; 502 if the failed message was a response. */
  readonly status: number;
  /** Whether the connection must be closed: always, except after mistakes of the program itself. */
  readonly closeConnection: boolean;
  readonly [brand] = true;

  constructor(code: Http1ErrorCode, options: { status?: number; detail?: string; cause?: unknown } = {}) {
    const { status, message } = http1Errors[code];
    const text = options.detail === undefined ? message : `${message}: ${options.detail}`;
    super(text, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? status;
    this.closeConnection = status !== 500;
  }

  /** Whether `value` is an `Http1Error` of this or another copy of the package. */
  static is(value: unknown): value is Http1Error {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

export function fail(code: Http1ErrorCode, detail?: string): never {
  throw new Http1Error(code, detail === undefined ? {} : { detail: JSON.stringify(detail.slice(0, 64)) });
}
