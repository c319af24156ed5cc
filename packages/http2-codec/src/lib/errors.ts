import { http2Codes } from './http2-codes.ts';

const { PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR, STREAM_CLOSED } = http2Codes;
const { FRAME_SIZE_ERROR, REFUSED_STREAM, CANCEL, COMPRESSION_ERROR, ENHANCE_YOUR_CALM } = http2Codes;

/** `connection`: GOAWAY, and the connection ends. `stream`: RST_STREAM; the others go on. */
export type Http2ErrorLevel = 'stream' | 'connection';

interface Row {
  readonly level: Http2ErrorLevel;
  /** The code of the frame that the peer is sent. */
  readonly http2Code: number;
  readonly message: string;
}

const connection = (http2Code: number, message: string): Row => ({ level: 'connection', http2Code, message });
const stream = (http2Code: number, message: string): Row => ({ level: 'stream', http2Code, message });

/** Every code of this package, with its level and the HTTP/2 code that the peer is sent. */
export const http2Errors = {
  HTTP2_BAD_PREFACE: connection(PROTOCOL_ERROR, 'the first bytes are not the preface of HTTP/2'),
  HTTP2_EXPECTED_SETTINGS: connection(PROTOCOL_ERROR, 'the first frame is not SETTINGS'),
  HTTP2_FRAME_TOO_LARGE: connection(FRAME_SIZE_ERROR, 'a frame is larger than 16,384 bytes'),
  HTTP2_BAD_FRAME_LENGTH: connection(FRAME_SIZE_ERROR, 'a frame has a length that its type does not allow'),
  HTTP2_BAD_PADDING: connection(PROTOCOL_ERROR, 'a frame has more padding than payload'),
  HTTP2_BAD_STREAM_ID: connection(PROTOCOL_ERROR, 'a frame is on a stream that its type does not allow'),
  HTTP2_IDLE_STREAM: connection(PROTOCOL_ERROR, 'a frame is on a stream that was never opened'),
  HTTP2_CLOSED_STREAM: connection(STREAM_CLOSED, 'a header block is on a stream that has ended'),
  HTTP2_EXPECTED_CONTINUATION: connection(PROTOCOL_ERROR, 'another frame came inside a header block'),
  HTTP2_UNEXPECTED_CONTINUATION: connection(PROTOCOL_ERROR, 'CONTINUATION outside a header block'),
  HTTP2_UNEXPECTED_PUSH: connection(PROTOCOL_ERROR, 'PUSH_PROMISE, which nobody may send here'),
  HTTP2_BAD_SETTING: connection(PROTOCOL_ERROR, 'a setting has a value that is not allowed'),
  HTTP2_BAD_WINDOW_SETTING: connection(FLOW_CONTROL_ERROR, 'the initial window is larger than 2^31 - 1'),
  HTTP2_EMPTY_CONNECTION_UPDATE: connection(PROTOCOL_ERROR, 'WINDOW_UPDATE of 0 for the connection'),
  HTTP2_CONNECTION_WINDOW_OVERFLOW: connection(FLOW_CONTROL_ERROR, 'the window of the connection exceeds 2^31 - 1'),
  HTTP2_CONNECTION_WINDOW_EXCEEDED: connection(FLOW_CONTROL_ERROR, 'more DATA than the window of the connection'),
  HTTP2_BAD_HEADER_BLOCK: connection(COMPRESSION_ERROR, 'a header block is not valid HPACK'),
  HTTP2_HEADER_BLOCK_TOO_LARGE: connection(ENHANCE_YOUR_CALM, 'a header block is far larger than allowed'),
  HTTP2_TOO_MANY_CONTINUATIONS: connection(ENHANCE_YOUR_CALM, 'a header block has too many frames'),
  HTTP2_TOO_MANY_RESETS: connection(ENHANCE_YOUR_CALM, 'too many streams were reset before they ended'),
  HTTP2_TOO_MANY_CONTROL_FRAMES: connection(ENHANCE_YOUR_CALM, 'too many frames that carry no work'),

  HTTP2_FRAME_AFTER_END: stream(STREAM_CLOSED, 'a frame came after the end of its stream'),
  HTTP2_SELF_DEPENDENCY: stream(PROTOCOL_ERROR, 'a stream depends on itself'),
  HTTP2_BAD_PRIORITY_LENGTH: stream(FRAME_SIZE_ERROR, 'PRIORITY does not have 5 bytes'),
  HTTP2_EMPTY_STREAM_UPDATE: stream(PROTOCOL_ERROR, 'WINDOW_UPDATE of 0 for a stream'),
  HTTP2_STREAM_WINDOW_OVERFLOW: stream(FLOW_CONTROL_ERROR, 'the window of a stream exceeds 2^31 - 1'),
  HTTP2_STREAM_WINDOW_EXCEEDED: stream(FLOW_CONTROL_ERROR, 'more DATA than the window of the stream'),
  HTTP2_TOO_MANY_STREAMS: stream(REFUSED_STREAM, 'more streams at a time than allowed'),
  HTTP2_BAD_FIELD_NAME: stream(PROTOCOL_ERROR, 'a field name is not a token in lower case'),
  HTTP2_BAD_FIELD_VALUE: stream(PROTOCOL_ERROR, 'a field value has a control byte, or white space at an end'),
  HTTP2_CONNECTION_FIELD: stream(PROTOCOL_ERROR, 'a field that HTTP/2 does not have, such as Connection'),
  HTTP2_BAD_TE: stream(PROTOCOL_ERROR, 'TE is not "trailers"'),
  HTTP2_BAD_PSEUDO_FIELD: stream(PROTOCOL_ERROR, 'a pseudo-field is unknown, repeated or in the wrong place'),
  HTTP2_MISSING_PSEUDO_FIELD: stream(PROTOCOL_ERROR, 'a pseudo-field is missing'),
  HTTP2_BAD_METHOD: stream(PROTOCOL_ERROR, ':method is not a token or is too long'),
  HTTP2_BAD_SCHEME: stream(PROTOCOL_ERROR, ':scheme is not a scheme'),
  HTTP2_BAD_AUTHORITY: stream(PROTOCOL_ERROR, ':authority is not "host" or "host:port"'),
  HTTP2_BAD_PATH: stream(PROTOCOL_ERROR, ':path does not begin with a slash or has a forbidden byte'),
  HTTP2_BAD_PROTOCOL: stream(PROTOCOL_ERROR, ':protocol is not a token, or its method is not CONNECT'),
  HTTP2_BAD_STATUS: stream(PROTOCOL_ERROR, ':status is not a number from 100 to 999, or is 101'),
  HTTP2_REPEATED_HOST: stream(PROTOCOL_ERROR, 'Host is given more than once'),
  HTTP2_HOST_MISMATCH: stream(PROTOCOL_ERROR, 'Host and :authority differ'),
  HTTP2_BAD_CONTENT_LENGTH: stream(PROTOCOL_ERROR, 'Content-Length is not one safe decimal number'),
  HTTP2_CONTENT_LENGTH_MISMATCH: stream(PROTOCOL_ERROR, 'the body is longer or shorter than Content-Length'),
  HTTP2_UNFINISHED_TRAILERS: stream(PROTOCOL_ERROR, 'a second header block does not end the stream'),
  HTTP2_TRAILERS_TOO_LARGE: stream(ENHANCE_YOUR_CALM, 'the trailers are too large or too many'),
  HTTP2_DATA_BEFORE_HEAD: stream(PROTOCOL_ERROR, 'DATA came before the head of the response'),
  HTTP2_HEAD_TOO_LARGE: stream(ENHANCE_YOUR_CALM, 'the head of the response is too large'),
  HTTP2_TOO_MANY_INFORMATIONAL: stream(ENHANCE_YOUR_CALM, 'too many 1xx responses before the final one'),
  HTTP2_PEER_RESET: stream(CANCEL, 'the peer has reset the stream'),
  HTTP2_NOT_PROCESSED: stream(REFUSED_STREAM, 'the peer goes away and has not processed the request'),

  HTTP2_INVALID_LIMIT: stream(INTERNAL_ERROR, 'a limit is not a safe integer in its range'),
  HTTP2_INVALID_STATUS: stream(INTERNAL_ERROR, 'the status to write is not an integer from 100 to 999, or is 101'),
  HTTP2_INVALID_REQUEST: stream(
    INTERNAL_ERROR,
    'the request to write has a method, scheme, authority, path or protocol that HTTP/2 does not allow',
  ),
  HTTP2_INVALID_FIELD: stream(INTERNAL_ERROR, 'a field to write has a name or value with a forbidden character'),
  HTTP2_INVALID_ORDER: stream(
    INTERNAL_ERROR,
    'a head was written twice, a body before its head, or an end before the rest of the body',
  ),
} as const satisfies Record<string, Row>;

export type Http2ErrorCode = keyof typeof http2Errors;

const brand: unique symbol = Symbol.for('windhover.http2-codec.error');

export interface Http2ErrorOptions {
  /** Default: the one in the table. */
  readonly http2Code?: number;
  /** Default: false. */
  readonly isPeers?: boolean;
  /** Default: false. */
  readonly isRetryable?: boolean;
}

/** A violation of HTTP/2, or a reset by the peer. */
export class Http2Error extends Error {
  override readonly name: string = 'Http2Error';
  readonly code: Http2ErrorCode;
  /** Whether it ends one stream or the whole connection. */
  readonly level: Http2ErrorLevel;
  /** The code in RST_STREAM or GOAWAY (RFC 9113 §7), of ours or of the peer's. */
  readonly http2Code: number;
  /** Whether the peer has sent the reset. */
  readonly isPeers: boolean;
  /** Whether the peer has certainly not processed the request (RFC 9113 §8.7). */
  readonly isRetryable: boolean;
  readonly [brand] = true;

  constructor(code: Http2ErrorCode, options: Http2ErrorOptions = {}) {
    const { level, http2Code, message } = http2Errors[code];
    super(message);
    this.code = code;
    this.level = level;
    this.http2Code = options.http2Code ?? http2Code;
    this.isPeers = options.isPeers ?? false;
    this.isRetryable = options.isRetryable ?? false;
  }

  /** Whether `value` is an `Http2Error` of this or another copy of the package. */
  static is(value: unknown): value is Http2Error {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

export function fail(code: Http2ErrorCode): never {
  throw new Http2Error(code);
}
