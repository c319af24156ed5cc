export { type RequestIdErrorCode, requestIdErrors } from './lib/errors.ts';
export { incomingId } from './lib/incoming-id.ts';
export { type RequestIdOptions, requestId, requestIdKey } from './lib/request-id.ts';
