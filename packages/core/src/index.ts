export { after } from './lib/after.ts';
export { setAnswerField, setAnswerFields } from './lib/answer-fields.ts';
export {
  type Body,
  type BodySink,
  type FixedBytes,
  isPushBody,
  isReadBody,
  type PushBody,
  type ReadBody,
} from './lib/body.ts';
export { bodyLength } from './lib/body-length.ts';
export { type CanonicalHost, canonicalHost } from './lib/canonical-host.ts';
export { type CanonicalTarget, canonicalPath, canonicalTarget } from './lib/canonical-target.ts';
export type {
  Channel,
  ChannelConsumer,
  ClientCertificateInfo,
  Connection,
  ConnectionInfo,
  ProxiedConnection,
  TlsInfo,
} from './lib/channel.ts';
export { compose } from './lib/compose.ts';
export { type ContextKey, contextKey } from './lib/context-key.ts';
export { disposeBody } from './lib/dispose-body.ts';
export { type CoreErrorCode, coreErrors } from './lib/errors.ts';
export type { Handler, Middleware } from './lib/handler.ts';
export type { HeaderInit } from './lib/header-init.ts';
export { type ClientIdentity, HttpContext } from './lib/http-context.ts';
export { HttpError, type HttpErrorOptions } from './lib/http-error.ts';
export { HttpHeaders } from './lib/http-headers.ts';
export { HttpRequest, type RequestFacts } from './lib/http-request.ts';
export { HttpResponse } from './lib/http-response.ts';
export type { Outcome } from './lib/outcome.ts';
export { ownString } from './lib/own-string.ts';
export { RequestBody } from './lib/request-body.ts';
export type { Clock, Logger } from './lib/services.ts';
export { systemClock } from './lib/system-clock.ts';
export { toPushBody } from './lib/to-push-body.ts';
