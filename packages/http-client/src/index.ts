export { type ProxyHeaderFacts, writeProxyHeader } from '@windhover/transport';
export type { CallObserver, ClientCall, ClientRequest, ClientResponse, HttpClientOptions } from './lib/client-types.ts';
export { ClientError, type ClientErrorCode, type ClientErrorStage, clientErrors } from './lib/errors.ts';
export { createHttpClient, type HttpClient, type HttpClientEnvironment } from './lib/http-client.ts';
export { isIdempotent } from './lib/is-idempotent.ts';
export { JudgedFields } from './lib/judged-fields.ts';
export { type Origin, type OriginProtocol, parseOrigin } from './lib/origin.ts';
