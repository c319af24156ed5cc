export {
  Http2Error,
  type Http2ErrorCode,
  type Http2ErrorLevel,
  type Http2ErrorOptions,
  http2Errors,
} from './lib/errors.ts';
export { http2Codes } from './lib/http2-codes.ts';
export { Http2Connection, type Http2ConnectionOptions, type Http2RequestHead } from './lib/http2-connection.ts';
export type { Http2Events } from './lib/http2-events.ts';
export type { Http2Stream, StreamHead } from './lib/http2-stream.ts';
export { defaultHttp2Limits, type Http2Limits, resolveHttp2Limits } from './lib/limits.ts';
export { preface as http2Preface } from './lib/preface.ts';
export { parsePriority } from './lib/priority-field.ts';
