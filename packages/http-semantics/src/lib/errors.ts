/**
 * Every code this package throws. Each means that the program itself, not a peer, passed an invalid value: a server
 * answers 500.
 */
export const semanticsErrors = {
  SEMANTICS_INVALID_COOKIE: { status: 500, message: 'The cookie cannot be written as Set-Cookie' },
  SEMANTICS_INVALID_DATE: { status: 500, message: 'The time cannot be written as an HTTP date' },
  SEMANTICS_INVALID_DELTA_SECONDS: { status: 500, message: 'The value is not a whole number of seconds' },
  SEMANTICS_INVALID_ETAG: { status: 500, message: 'The value cannot be written as an entity tag' },
  SEMANTICS_INVALID_FILE_NAME: { status: 500, message: 'The file name holds control characters or lone surrogates' },
  SEMANTICS_INVALID_FORWARDED: { status: 500, message: 'The value cannot be written as Forwarded' },
  SEMANTICS_INVALID_MEDIA_TYPE: { status: 500, message: 'The value is not a media type' },
  SEMANTICS_INVALID_QUOTED_STRING: { status: 500, message: 'The value cannot be written as a quoted string' },
  SEMANTICS_INVALID_RANGE: { status: 500, message: 'The positions or limits of the range are not valid' },
  SEMANTICS_INVALID_STRUCTURED_FIELD: { status: 500, message: 'The value cannot be written as a Structured Field' },
  SEMANTICS_INVALID_TOKEN: { status: 500, message: 'The value is not a token' },
} as const;

/** A code of `semanticsErrors`. */
export type SemanticsErrorCode = keyof typeof semanticsErrors;

const brand = Symbol.for('@windhover/http-semantics/error');

/**
 * Thrown by `format…`, `serialize…` and option checks for an invalid value of the caller, which must not reach the
 * wire.
 */
export class SemanticsError extends Error {
  override readonly name: string = 'SemanticsError';
  readonly code: SemanticsErrorCode;
  readonly status: number;

  constructor(code: SemanticsErrorCode, detail?: string) {
    const { status, message } = semanticsErrors[code];
    super(detail === undefined ? message : `${message}: ${detail}`);
    this.code = code;
    this.status = status;
  }

  /** Whether `value` is a `SemanticsError` of this or another copy of the package. */
  static is(value: unknown): value is SemanticsError {
    return typeof value === 'object' && value !== null && brand in value;
  }

  static {
    Object.defineProperty(SemanticsError.prototype, brand, { value: true });
  }
}
