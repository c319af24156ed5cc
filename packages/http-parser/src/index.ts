export { chunkEnd, chunkHeader, lastChunk } from './lib/chunk-framing.ts';
export { Http1Error, type Http1ErrorCode, http1Errors } from './lib/errors.ts';
export { defaultHttp1Limits, type Http1Limits, resolveHttp1Limits } from './lib/limits.ts';
export type {
  HttpVersion,
  MessageHead,
  RequestHead,
  ResponseFraming,
  ResponseHead,
  TargetForm,
} from './lib/message-head.ts';
export type { ParserEvent, ParserOptions } from './lib/message-parser.ts';
export { RequestParser } from './lib/request-parser.ts';
export { ResponseParser } from './lib/response-parser.ts';
export {
  type ConnectionOption,
  type HeadFraming,
  type RequestHeadInit,
  type ResponseHeadInit,
  serializeRequestHead,
  serializeResponseHead,
} from './lib/serialize-head.ts';
export { serializeFields } from './lib/write-fields.ts';
